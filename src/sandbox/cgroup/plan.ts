/**
 * Control groups of a container as operations of the launch plan: make the group in every hierarchy, set its limits, enter it, clear it away.
 * Pure: config.json, the container's id and the host's facts in, operations out.
 */
import { posix } from "node:path";
import { UserError } from "../../base/error.ts";
import type { RuntimeConfig } from "../../oci/runtime-config.ts";
import {
  CGROUP_HELD,
  CWD,
  MKDIR_EXIST_OK,
  type Op,
  RMDIR_TREE,
  WRITE_LATE,
  WRITE_OPTIONAL,
} from "../ops.ts";
import { SLOT } from "../slots.ts";
import {
  type CgroupFacts,
  type CgroupHierarchy,
  DEFAULT_PARENT,
  type UnifiedHierarchy,
} from "./detect.ts";
import { type DevicePolicy, formatAccess, planDevicePolicy, toExceptions } from "./devices.ts";
import { compileDevices, encodeInstructions } from "./devices-ebpf.ts";
import { type Effect, type Limit, limitsOf } from "./limits.ts";

const O_PATH = 0x200000;
const O_DIRECTORY = 0x10000;
const O_NOFOLLOW = 0x20000;

export interface CgroupRequest {
  readonly config: RuntimeConfig;
  /** The container's id, checked already. */
  readonly id: string;
  readonly facts: CgroupFacts;
  /** The caller lacks rights over the host: no device rules, and only delegated groups. */
  readonly rootless: boolean;
  /** systemd makes the group, there, and holds it by a process until the container's is in. */
  readonly scope?: {
    readonly group: string;
    readonly controllers: readonly string[];
    readonly attach: boolean;
  };
  /** JSON pointers of limits that hardening added by itself: where they cannot be had they become notes, not errors. */
  readonly wishes?: ReadonlySet<string>;
}

export interface CgroupPlan {
  /** Before anything else: the groups and their limits. */
  readonly host: readonly Op[];
  /** The process that becomes the container enters; before it makes a cgroup namespace, whose root is the group it is in then. */
  readonly join: readonly Op[];
  /** Kill what is left and remove the groups. To be run only for groups that `host`'s own mkdir made. */
  readonly cleanup: readonly Op[];
  /** Controller, "name=…", or "" for cgroup v2 → the group's absolute directory; kept in state.json. */
  readonly paths: Readonly<Record<string, string>>;
  /** Sentences about what is not enforced. */
  readonly notes: readonly string[];
}

/** Where a controller's files are for this container. */
interface Place {
  readonly version: 1 | 2;
  readonly directory: string;
}

/** Longest path and component of Linux (limits.h), less what the control files' names need. */
const MAX_PATH = 3840;
const MAX_COMPONENT = 255;

/** Limits that init itself would meet: it is two processes for a moment, where a container may have a single one, or none more. */
const LATE: ReadonlySet<string> = new Set(["pids.max"]);

/** cgroup v2 controllers that are switched on for every container: statistics, OOM detection and the default pids limit need them. */
const ALWAYS = ["memory", "pids"] as const;

/**
 * Plan a container's control groups.
 * @throws UserError when a limit was asked for that this machine cannot set, or a value that no kernel takes.
 */
export function planCgroup(request: CgroupRequest): CgroupPlan {
  const { config, facts, rootless, wishes, scope } = request;
  const path = scope?.group ?? groupPath(request);
  const notes: string[] = [];
  const hierarchies = path === undefined ? [] : facts.v1.filter(({ writable }) => writable);
  const unified = path === undefined ? undefined : usableUnified(request);

  const paths: Record<string, string> = {};
  if (unified !== undefined) paths[""] = `${unified.mountpoint}${path}`;
  for (const { controllers, mountpoint } of hierarchies)
    for (const name of controllers) paths[name] = `${mountpoint}${path}`;
  const placeOf = (controller: string): Place | undefined => {
    const v1 = paths[controller];
    if (v1 !== undefined && controller !== "") return { version: 1, directory: v1 };
    const v2 = paths[""];
    const name = controller === "blkio" ? "io" : controller;
    return v2 !== undefined && (name === "cgroup" || unified?.controllers.includes(name))
      ? { version: 2, directory: v2 }
      : undefined;
  };

  const used = new Set<string>(ALWAYS);
  const limits: Op[] = [];
  for (const limit of limitsOf(config.linux?.resources ?? {}, facts)) {
    const place = placeOf(limit.controller);
    const effect = effectOf(limit, place, facts);
    if (effect.kind === "unsupported") {
      refuse(limit.at, describe(limit.controller, effect.why), facts, wishes, notes);
    } else if (effect.kind === "ignored") {
      notes.push(`${limit.at} has no effect: ${effect.why}`);
    } else if (place !== undefined) {
      if (place.version === 2) used.add(limit.controller === "blkio" ? "io" : limit.controller);
      for (const { file, value, optional } of effect.writes)
        limits.push(
          writeFile(limit.at, `${place.directory}/${file}`, value, optional, LATE.has(file)),
        );
    }
  }
  const devices = planDeviceOps(request, paths, notes);

  if (Object.keys(paths).length === 0) {
    notes.push(
      facts.mode === "none"
        ? "no control group: none is mounted on this machine"
        : "no control group: this user may not make one here",
    );
    return { host: [], join: [], cleanup: [], paths, notes };
  }

  const at = config.linux?.cgroupsPath === undefined ? "" : "/linux/cgroupsPath";
  const directories = [...new Set(Object.values(paths))];
  const host: Op[] = [];
  for (const { mountpoint, controllers } of hierarchies) {
    host.push(...makeGroup(at, mountpoint, path ?? "", scope !== undefined));
    if (controllers.includes("cpuset")) host.push(...fillCpusets(facts, mountpoint, path ?? ""));
  }
  if (unified !== undefined) {
    const wanted = unified.controllers.filter((name) => used.has(name));
    host.push(
      ...(scope === undefined
        ? makeGroup(at, unified.mountpoint, path ?? "", false, wanted, facts)
        : [heldGroup(at, `${unified.mountpoint}${path}`)]),
    );
  }
  host.push(...limits, ...devices, ...delegate(request, at, paths[""]));
  if (paths[""] !== undefined && scope?.attach !== true) host.push(...enterUnified(at, paths[""]));

  const { freezer } = paths;
  return {
    host,
    join: directories
      .filter((directory) => directory !== paths[""])
      // The writer has one thread. `tasks` moves just that, without the lock that stops every fork on the machine and
      // waits for an RCU grace period (Linux 6.7 and later; 10 to 27 ms measured for cgroup.procs).
      .map((directory) => writeFile(at, `${directory}/tasks`, "0")),
    cleanup: [
      // A frozen v1 group does not even take SIGKILL (freezer-subsystem.rst).
      ...(freezer === undefined ? [] : [writeFile("", `${freezer}/freezer.state`, "THAWED", true)]),
      ...directories.map((path): Op => ({ op: "kill_cgroup", at: "", path })),
      ...directories.map((path): Op => ({ op: "rmdir", at: "", path, flags: RMDIR_TREE })),
    ],
    paths,
    notes: rootless && unified?.delegated !== undefined ? [...notes, DELEGATED] : notes,
  };
}

/**
 * A container with a user and a cgroup namespace of its own and its groups mounted to be written to (systemd inside, a nested
 * engine) gets its v2 group, as with runc. An ordinary user's group is the user's already.
 */
function delegate({ config, rootless }: CgroupRequest, at: string, path?: string): readonly Op[] {
  const { namespaces = [], uidMappings = [] } = config.linux ?? {};
  const makes = (type: string): boolean =>
    namespaces.some((namespace) => namespace.type === type && (namespace.path ?? "") === "");
  const isWritable = (config.mounts ?? []).some(
    ({ type, options = [] }) => type?.startsWith("cgroup") === true && !options.includes("ro"),
  );
  const root = uidMappings.find(({ containerID, size }) => containerID === 0 && size > 0);
  if (path === undefined || rootless || root === undefined) return [];
  return makes("user") && makes("cgroup") && isWritable
    ? [{ op: "delegate_cgroup", at, path, uid: root.hostID }]
    : [];
}

/** The v2 hierarchy when the caller, or systemd for it, can make groups there. */
function usableUnified({ facts, scope }: CgroupRequest): UnifiedHierarchy | undefined {
  const { unified } = facts;
  if (scope !== undefined)
    return unified === undefined ? undefined : { ...unified, controllers: scope.controllers };
  return unified?.writable === true || unified?.delegated !== undefined ? unified : undefined;
}

/** A group that systemd has made, and holds. */
const heldGroup = (at: string, path: string): Op => ({
  op: "make_cgroup",
  at,
  path,
  flags: CGROUP_HELD,
});

/** Being born in a group takes no lock that moving there does; needs Linux 5.7. */
function enterUnified(at: string, path: string): readonly Op[] {
  const slot = SLOT.CGROUP;
  const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
  return [
    { op: "open", at, slot, dir: CWD, path, flags, mode: 0, resolve: 0 },
    { op: "fork_into_cgroup", at, slot },
  ];
}

const DELEGATED =
  "the control group lies below the caller's own: only delegated controllers limit it";

/**
 * The group's path below each mount point, or absent when the caller can make none.
 * `linux.cgroupsPath` (config-linux.md#cgroups-path): absolute is below the mount point, as runc's cgroupfs driver has it,
 * relative and absent below a parent of tguard's own.
 * @throws UserError for a path that leaves its parent or that no kernel takes.
 */
export function groupPath(
  request: Pick<CgroupRequest, "config" | "id" | "facts">,
): string | undefined {
  const { config, id, facts } = request;
  const asked = config.linux?.cgroupsPath;
  const isAsked = asked !== undefined && asked !== "";
  if (isAsked) checkPath(asked);
  const canMake =
    facts.v1.some(({ writable }) => writable) ||
    facts.unified?.writable === true ||
    facts.unified?.delegated !== undefined;
  if (!canMake) return undefined;
  if (isAsked && asked.startsWith("/")) return posix.normalize(asked).replace(/\/$/, "");
  const isOwner = facts.v1.length > 0 || facts.unified?.writable === true;
  const parent = isOwner ? DEFAULT_PARENT : `${facts.unified?.delegated ?? ""}${DEFAULT_PARENT}`;
  return posix.join(parent, isAsked ? asked : id).replace(/\/$/, "");
}

function checkPath(path: string): void {
  const components = path.split("/");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const hasControls = /[\u0000-\u001f\u007f]/.test(path);
  const problem = components.includes("..")
    ? 'it contains ".."'
    : components.every((part) => part === "" || part === ".")
      ? "it is the root of the hierarchy"
      : hasControls
        ? "it contains control characters"
        : path.length > MAX_PATH || components.some((part) => part.length > MAX_COMPONENT)
          ? "it is too long"
          : undefined;
  if (problem !== undefined)
    throw new UserError(
      `cannot use cgroupsPath ${JSON.stringify(path.slice(0, 200))}: ${problem}`,
      {
        where: "config.json /linux/cgroupsPath",
      },
    );
}

/** The directories from the one below the mount point to the group itself, which must be new: a group that others use is not ours to limit or to kill. */
function makeGroup(
  at: string,
  mountpoint: string,
  path: string,
  isHeld: boolean,
  controllers: readonly string[] = [],
  facts?: CgroupFacts,
): readonly Op[] {
  const ops: Op[] = [];
  const parents = ancestors(mountpoint, path);
  const base = `${mountpoint}${facts?.unified?.delegated ?? ""}`;
  const isEnabled = controllers.every((name) => facts?.unified?.enabled.includes(name));
  for (const [index, parent] of parents.entries()) {
    if (index > 0) ops.push({ op: "mkdir", at, path: parent, mode: 0o755, flags: MKDIR_EXIST_OK });
    // cgroup-v2.rst, "Enabling and Disabling": top-down; a controller that is on already is no error.
    const isOurs = parent === base || parent.startsWith(`${base}/`);
    if (controllers.length > 0 && isOurs && !(parent === base && isEnabled))
      ops.push(
        writeFile(
          at,
          `${parent}/cgroup.subtree_control`,
          controllers.map((name) => `+${name}`).join(" "),
        ),
      );
  }
  const own = `${mountpoint}${path}`;
  ops.push(isHeld ? heldGroup(at, own) : { op: "make_cgroup", at, path: own, flags: 0 });
  return ops;
}

/** The mount point and every group between it and the one at `path`. */
function ancestors(mountpoint: string, path: string): readonly string[] {
  const components = path.split("/").filter((part) => part !== "");
  return components.map((_, index) => [mountpoint, ...components.slice(0, index)].join("/"));
}

/**
 * cpusets.rst: a new v1 group has no CPUs and no memory nodes, and no process can enter it. Each directory takes its parent's;
 * what somebody has set already stays.
 */
function fillCpusets(facts: CgroupFacts, mountpoint: string, path: string): readonly Op[] {
  const ops: Op[] = [];
  let cpus = "";
  let mems = "";
  for (const directory of [...ancestors(mountpoint, path), `${mountpoint}${path}`]) {
    const known = facts.cpuset.find((entry) => entry.path === directory);
    if (known?.cpus) cpus = known.cpus;
    else if (cpus !== "") ops.push(writeFile("", `${directory}/cpuset.cpus`, cpus));
    if (known?.mems) mems = known.mems;
    else if (mems !== "") ops.push(writeFile("", `${directory}/cpuset.mems`, mems));
  }
  return ops;
}

function effectOf(limit: Limit, place: Place | undefined, facts: CgroupFacts): Effect {
  if (place !== undefined) return place.version === 1 ? limit.v1 : limit.v2;
  const { kind } = facts.mode === "v2" ? limit.v2 : limit.v1;
  // What has no meaning in this version at all needs no controller to be ignored or refused.
  if (kind !== "write") return facts.mode === "v2" ? limit.v2 : limit.v1;
  return { kind: "unsupported", why: whyMissing(limit.controller, facts) };
}

function whyMissing(controller: string, facts: CgroupFacts): string {
  const v1 = facts.v1.find((hierarchy: CgroupHierarchy) =>
    hierarchy.controllers.includes(controller),
  );
  const name = facts.mode === "v2" && controller === "blkio" ? "io" : controller;
  if (facts.mode === "none") return "no control group file system is mounted";
  if (v1 !== undefined || facts.unified?.controllers.includes(name))
    return `this user may not make groups of the ${name} controller`;
  if (facts.mode === "v2")
    return facts.unified?.delegated === undefined
      ? `the ${name} controller is not available`
      : `the ${name} controller is not delegated to this user`;
  return `the ${name} controller is not mounted`;
}

function describe(controller: string, why: string): string {
  return `cannot set a ${controller === "blkio" ? "block I/O" : controller} limit: ${why}`;
}

function refuse(
  at: string,
  what: string,
  facts: CgroupFacts,
  wishes: ReadonlySet<string> | undefined,
  notes: string[],
): void {
  if (wishes?.has(at)) {
    notes.push(`${at} is not enforced: ${what}`);
    return;
  }
  const controller = /the (\w+) controller is not (mounted|available)/.exec(what)?.[1];
  const isKnown = controller !== undefined && facts.kernel.includes(controller);
  throw new UserError(what, {
    where: `config.json ${at}`,
    hint: isKnown
      ? `mount it (mount -t cgroup -o ${controller} ${controller} /sys/fs/cgroup/${controller}), or remove this limit`
      : "remove this limit, or run where its controller is available",
  });
}

/** R16: everything denied but what the rules and the defaults allow, also when config.json has no rules. */
function planDeviceOps(
  { config, facts, rootless, wishes }: CgroupRequest,
  paths: Readonly<Record<string, string>>,
  notes: string[],
): readonly Op[] {
  const policy = planDevicePolicy(config);
  const at = config.linux?.resources?.devices === undefined ? "" : "/linux/resources/devices";
  if (rootless) {
    // Loading a device program needs CAP_SYS_ADMIN over the host; in a user namespace no device node can be made either.
    notes.push("devices are limited by file permissions only: device rules need root");
    return [];
  }
  const { devices: v1, "": v2 } = paths;
  if (v1 !== undefined) return deviceWrites(policy, v1);
  if (v2 !== undefined)
    return [{ op: "bpf_device", at, path: v2, insns: encodeInstructions(compileDevices(policy)) }];
  const what = `cannot limit devices: ${whyMissing("devices", facts)}`;
  if (at !== "") refuse(at, what, facts, wishes, notes);
  else notes.push(what);
  return [];
}

/** cgroup-v1/devices.rst: "a" resets the list, then the exceptions follow. */
function deviceWrites(policy: DevicePolicy, directory: string): readonly Op[] {
  const { defaultAllow, exceptions } = toExceptions(policy);
  const [first, then] = defaultAllow
    ? ["devices.allow", "devices.deny"]
    : ["devices.deny", "devices.allow"];
  return [
    writeFile("", `${directory}/${first}`, "a"),
    ...exceptions.map(({ type, major, minor, access, at }) =>
      writeFile(at, `${directory}/${then}`, `${type} ${major}:${minor} ${formatAccess(access)}`),
    ),
  ];
}

const encoder = new TextEncoder();

function writeFile(at: string, path: string, data: string, isOptional = false, isLate = false): Op {
  const flags = (isOptional ? WRITE_OPTIONAL : 0) | (isLate ? WRITE_LATE : 0);
  return { op: "write_file", at, path, data: encoder.encode(data), flags };
}
