import { posix } from "node:path";
import { UserError } from "../base/error.ts";
import type { RuntimeConfig } from "../oci/runtime-config.ts";
import type { HostFacts, RootfsFacts } from "../sys/host.ts";
import { ANNOTATION_ROOTFS_IDMAP } from "./annotations.ts";
import type { CgroupFacts } from "./cgroup/detect.ts";
import { type CgroupRequest, planCgroup } from "./cgroup/plan.ts";
import { planDevices } from "./devices.ts";
import {
  firstClosedFd,
  type Handover,
  planFifos,
  planJoins,
  planPidfd,
  planSockets,
  requireSocketFor,
  withListenFds,
} from "./handover.ts";
import { hasHooksBeforePivot, planHooks } from "./hooks.ts";
import { formatIdMap, toContainerId } from "./idmap.ts";
import { planRdt, type RdtFacts } from "./intel-rdt.ts";
import { planLabel, requireLabels } from "./labels.ts";
import { MOUNT_ATTR, MS, parseRootfsPropagation } from "./mount-options.ts";
import { planMounts, planReadonlyDev } from "./mounts.ts";
import { findNamespace, makesUserNamespace, planNamespaces } from "./namespaces.ts";
import { planNetDevices } from "./net-devices.ts";
import { notifyCleanup } from "./notify.ts";
import {
  CWD,
  type LaunchPlan,
  MODE_CREATE,
  MODE_DETACH,
  MODE_FOREGROUND,
  MODE_KEEP,
  MODE_TERMINAL,
  NONE,
  type Op,
  TARGET_DIR,
} from "./ops.ts";
import {
  missingCapabilities,
  planProcess,
  planProcessBeforeNamespaces,
  type SeccompFilter,
} from "./process.ts";
import { planScheduling } from "./scheduling.ts";
import { planListener } from "./seccomp-listener.ts";
import { SLOT } from "./slots.ts";
import { CONFIG_FILE, EXEC_FIFO, JOIN_SOCKET, REPORT_FIFO, STATE_FILE } from "./state-files.ts";
import { planTerminal } from "./terminal.ts";

const OPEN_TREE_CLONE = 1;
const AT_RECURSIVE = 0x8000;
const O_PATH = 0x200000;
const O_DIRECTORY = 0x10000;
const O_NOFOLLOW = 0x20000;
const RESOLVE_NO_SYMLINKS = 0x4;
const S_IFCHR = 0o020000;
const ALL_CAPABILITIES = (1n << 64n) - 1n;

/** How the caller wants the container started. */
export type StartMode = "foreground" | "detach" | "create";

/** Everything a plan depends on; nothing else is looked at, so a plan can be made, printed and tested anywhere. */
export interface PlanRequest {
  readonly id: string;
  /** Validated and hardened. */
  readonly config: RuntimeConfig;
  readonly bundleDir: string;
  /** Absolute, without symbolic links. */
  readonly rootfs: string;
  readonly rootfsFacts: RootfsFacts;
  readonly host: HostFacts;
  readonly cgroups: CgroupFacts;
  readonly seccomp: SeccompFilter | undefined;
  /** Present when config.json asks for Intel RDT. */
  readonly rdt?: RdtFacts;
  readonly mode: StartMode;
  /** What a foreground run made stays when the workload has ended (`--keep`). */
  readonly keep?: boolean;
  readonly handover?: Handover;
  /** Directory with state.json, removed with the container; the fifo of `create` lies in it. */
  readonly stateDir?: string;
  readonly noPivot?: boolean;
  readonly noNewKeyring?: boolean;
  /** The group that systemd makes for the container (`--systemd-cgroup`). */
  readonly scope?: NonNullable<CgroupRequest["scope"]>;
  /** Limits that hardening added: notes instead of errors where they cannot be had. */
  readonly wishes?: ReadonlySet<string>;
}

/** The plan, and what the caller has to keep or tell beside it. */
export interface Planned {
  readonly plan: LaunchPlan;
  readonly cgroupPaths: Readonly<Record<string, string>>;
  /** Other directories that go with the container, innermost first (resctrl groups). */
  readonly ownDirectories: readonly string[];
  /** Sentences about what this start does not enforce. */
  readonly notes: readonly string[];
}

/**
 * Turn a checked configuration into the exact operations that start it. Pure.
 * @throws UserError when the configuration asks for what cannot be had here; the kernel's own refusals come later, as failed operations.
 */
export function planLaunch(request: PlanRequest): Planned {
  const { config, host, mode } = request;
  if (config.process === undefined)
    throw new UserError("config.json has no process to start", { where: "config.json /process" });
  const { handover = {} } = request;
  const process = withListenFds(config.process, handover);
  requireLabels(config, host);
  requireMountNamespace(config);
  const cgroup = planCgroup({
    config,
    id: request.id,
    facts: request.cgroups,
    // A device program needs rights over the host's, which root of a user namespace has not.
    rootless: host.euid !== 0 || host.inUserNamespace,
    ...(request.scope === undefined ? {} : { scope: request.scope }),
    ...(request.wishes === undefined ? {} : { wishes: request.wishes }),
  });
  const namespaces = planNamespaces(config, host);
  const join = joins(request);
  const hooks = planHooks(request);
  const label = planLabel(process, host);
  const scheduling = planScheduling(config, process, host);
  const listener = planListener(request, request.seccomp);
  const rdt = planRdt(config, request.id, request.rdt);
  const root = planRoot(request);
  const mounts = planMounts(config, {
    bundleDir: request.bundleDir,
    cgroupFacts: request.cgroups,
    cgroupPaths: cgroup.paths,
    openSourcesOnHost: host.euid === 0 && hasUserNamespace(config),
  });
  // runc leaves out what it does not have itself, and so do we, but not silently.
  const available = hasUserNamespace(config) ? ALL_CAPABILITIES : host.effectiveCapabilities;
  const missing = missingCapabilities(process, available);
  const relay =
    process.terminal === true && mode === "foreground" && handover.consoleSocket === undefined;
  return {
    plan: {
      mode: modeBits(mode) | (relay ? MODE_TERMINAL : 0) | (request.keep === true ? MODE_KEEP : 0),
      sections: {
        host: [
          ...cgroup.host,
          ...namespaces.host,
          ...fifo(request),
          ...join.host,
          ...planSockets(handover),
          ...listener.host,
          ...label.host,
          ...rdt.host,
          ...root.host,
          ...mounts.host,
        ],
        join: [
          ...planProcessBeforeNamespaces(config, process, host),
          ...cgroup.join,
          ...rdt.join,
          ...scheduling.join,
          ...namespaces.join,
        ],
        parent: namespaces.parent,
        container: [
          { op: "setsid", at: "" },
          ...(request.noNewKeyring === true
            ? []
            : [{ op: "join_keyring", at: "", name: `_ses.${request.id}`.slice(0, 255) } as const]),
          ...namespaces.container,
          ...join.own,
          ...planNetDevices(config),
          ...label.container,
          ...root.container,
          ...mounts.container,
          ...(findNamespace(config, "mount") === undefined
            ? []
            : planDevices(config, hasUserNamespace(config) || host.inUserNamespace)),
          ...identityOfHost(config),
          ...sysctls(config),
          ...processDirectory(process.cwd),
          ...hooks.beforePivot,
          ...paths(config),
          ...finishRoot(config),
          ...terminal(request),
          ...planReadonlyDev(config),
          leaveHost(request),
          ...rootPropagation(config),
          ...planPidfd(handover),
          ...join.wait,
          ...planProcess(config, process, {
            dieWithMonitor: mode === "foreground",
            waitForStart: mode === "create",
            seccomp: request.seccomp,
            listen: listener.install,
            scheduling: scheduling.container,
            beforeExec: [...label.write, ...hooks.beforeExec],
            firstClosedFd: firstClosedFd(handover),
            available,
          }),
        ],
        cleanup: cleanup(request, [...rdt.cleanup, ...cgroup.cleanup]),
      },
    },
    cgroupPaths: cgroup.paths,
    ownDirectories: rdt.directories,
    notes: [
      ...cgroup.notes,
      ...(missing.length === 0
        ? []
        : [`not given, for tguard does not have it itself: ${missing.join(", ")}`]),
    ],
  };
}

function modeBits(mode: StartMode): number {
  switch (mode) {
    case "foreground":
      return MODE_FOREGROUND;
    case "detach":
      return MODE_DETACH;
    case "create":
      return MODE_CREATE;
  }
}

function hasUserNamespace(config: RuntimeConfig): boolean {
  return findNamespace(config, "user") !== undefined;
}

function requireMountNamespace(config: RuntimeConfig): void {
  if (findNamespace(config, "mount") !== undefined) return;
  const needing: readonly (readonly [string, boolean])[] = [
    ["/mounts", (config.mounts ?? []).length > 0],
    ["/linux/maskedPaths", (config.linux?.maskedPaths ?? []).length > 0],
    ["/linux/readonlyPaths", (config.linux?.readonlyPaths ?? []).length > 0],
    ["/root/readonly", config.root?.readonly === true],
    ["/process/terminal", config.process?.terminal === true],
  ];
  const first = needing.find(([, needed]) => needed);
  if (first === undefined) return;
  throw new UserError("this needs a mount namespace of the container's own", {
    where: `config.json ${first[0]}`,
    cause: new Error("without one every mount would be made on the host"),
    hint: 'add {"type": "mount"} to linux.namespaces',
  });
}

/** Only an ordinary user's `create`: root may look into every process. */
function joins({ mode, stateDir, host, config }: PlanRequest): ReturnType<typeof planJoins> {
  const types = (config.linux?.namespaces ?? []).map(({ type }) => type);
  return mode === "create" && stateDir !== undefined && host.euid !== 0
    ? planJoins(stateDir, types)
    : { host: [], own: [], wait: [] };
}

function fifo({ mode, stateDir }: PlanRequest): readonly Op[] {
  return mode === "create" && stateDir !== undefined ? planFifos(stateDir) : [];
}

/**
 * The root filesystem: opened once, by a path without symbolic links (R5), and from then on known by descriptor.
 * Root opens it before it enters a user namespace, where it may not be able to reach it any more.
 */
function planRoot(request: PlanRequest): {
  readonly host: readonly Op[];
  readonly container: readonly Op[];
} {
  const { config, host, rootfs } = request;
  const at = "/root/path";
  const open: Op = {
    op: "open",
    at,
    slot: SLOT.HOST_ROOT,
    dir: CWD,
    path: rootfs,
    flags: O_PATH | O_DIRECTORY,
    mode: 0,
    resolve: RESOLVE_NO_SYMLINKS,
  };
  if (findNamespace(config, "mount") === undefined)
    return { host: [], container: [{ ...open, slot: SLOT.ROOT }] };
  const wanted = parseRootfsPropagation(config.linux?.rootfsPropagation);
  const tree: readonly Op[] = [
    open,
    {
      op: "open_tree",
      at,
      slot: SLOT.ROOT,
      dir: SLOT.HOST_ROOT,
      path: "",
      flags: OPEN_TREE_CLONE | AT_RECURSIVE,
    },
    { op: "close", at, slot: SLOT.HOST_ROOT },
    rootAttr({ recursive: 1, propagation: wanted === MS.PRIVATE ? MS.PRIVATE : MS.SLAVE }),
    ...idmapRoot(request),
  ];
  const onHost = host.euid === 0 && hasUserNamespace(config);
  const propagationAt = "/linux/rootfsPropagation";
  return {
    host: onHost ? tree : [],
    container: [
      // Shared only when asked for: mounts under the binds below then show on the host, as `rshared` volumes want it.
      {
        op: "mount_propagation",
        at: propagationAt,
        flags:
          MS.REC |
          (wanted === MS.SHARED ? MS.SHARED : wanted === MS.PRIVATE ? MS.PRIVATE : MS.SLAVE),
      },
      // The mount that the new root is put on must not pass it on.
      { op: "mount_propagation", at: propagationAt, flags: MS.PRIVATE },
      ...(onHost ? [] : tree),
      ...hostNull(),
      ...(hasHooksBeforePivot(config) ? attachForHooks(rootfs) : attachRoot(at, "/")),
    ],
  };
}

/** Hooks look for the container's root at its path on the host, as the bundle has it; what they mount there must not show outside. */
function attachForHooks(rootfs: string): readonly Op[] {
  const at = "/hooks";
  return [{ op: "private_parent", at, path: rootfs }, ...attachRoot(at, rootfs)];
}

function attachRoot(at: string, path: string): readonly Op[] {
  return [
    {
      op: "open",
      at,
      slot: SLOT.HOST_ROOT,
      dir: CWD,
      path,
      flags: O_PATH | O_DIRECTORY,
      mode: 0,
      resolve: path === "/" ? 0 : RESOLVE_NO_SYMLINKS,
    },
    // A second descriptor of the same mount: move_mount closes the one that it is given.
    {
      op: "open",
      at,
      slot: SLOT.SCRATCH,
      dir: SLOT.ROOT,
      path: ".",
      flags: O_PATH | O_DIRECTORY,
      mode: 0,
      resolve: 0,
    },
    { op: "move_mount", at, from: SLOT.SCRATCH, to: SLOT.HOST_ROOT },
  ];
}

/** The host's /dev/null, the cover for masked files; anything else in its place would show through (CVE-2025-31133). */
function hostNull(): readonly Op[] {
  return [
    {
      op: "open",
      at: "",
      slot: SLOT.NULL,
      dir: CWD,
      path: "/dev/null",
      flags: O_PATH | O_NOFOLLOW,
      mode: 0,
      resolve: 0,
    },
    { op: "check_device", at: "", slot: SLOT.NULL, type: S_IFCHR, major: 1, minor: 3 },
  ];
}

function rootAttr(change: {
  recursive?: number;
  set?: number;
  propagation?: number;
  userns?: number;
}): Op {
  return {
    op: "mount_setattr",
    at: "/root",
    slot: SLOT.ROOT,
    recursive: change.recursive ?? 0,
    set: change.set ?? 0,
    clear: 0,
    propagation: change.propagation ?? 0,
    userns: change.userns ?? NONE,
  };
}

/** Show the files' owners through the container's maps, or prove that they make sense without that. */
function idmapRoot(request: PlanRequest): readonly Op[] {
  const { config, host, rootfsFacts } = request;
  if (!makesUserNamespace(config)) return [];
  const { uidMappings = [], gidMappings = [] } = config.linux ?? {};
  if (config.annotations?.[ANNOTATION_ROOTFS_IDMAP] === "true" && host.euid === 0)
    return [
      {
        op: "userns_fd",
        at: "/linux/uidMappings",
        slot: SLOT.IDMAP,
        uid_map: formatIdMap(uidMappings),
        gid_map: formatIdMap(gidMappings),
      },
      rootAttr({ recursive: 0, set: MOUNT_ATTR.IDMAP, userns: SLOT.IDMAP }),
      { op: "close", at: "/root", slot: SLOT.IDMAP },
    ];
  if (toContainerId(uidMappings, rootfsFacts.uid) !== undefined) return [];
  throw new UserError(
    `the root filesystem belongs to user ${rootfsFacts.uid}, who does not exist in the container`,
    {
      where: "config.json /linux/uidMappings",
      cause: new Error(
        `no mapping has host id ${rootfsFacts.uid}, so the container's root could not write to its own files`,
      ),
      hint:
        rootfsFacts.idmapSupported && host.euid === 0
          ? `chown the files to mapped ids, or set the annotation ${ANNOTATION_ROOTFS_IDMAP}=true`
          : "chown the files to mapped ids, or map that id",
    },
  );
}

function identityOfHost(config: RuntimeConfig): readonly Op[] {
  return [
    ...(config.hostname === undefined || config.hostname === ""
      ? []
      : [{ op: "sethostname", at: "/hostname", name: config.hostname } as const]),
    ...(config.domainname === undefined || config.domainname === ""
      ? []
      : [{ op: "setdomainname", at: "/domainname", name: config.domainname } as const]),
  ];
}

/** Written through a procfs of init's own, so that nothing mounted in the container can take the place of the file (CVE-2025-52881). */
function sysctls(config: RuntimeConfig): readonly Op[] {
  const entries = Object.entries(config.linux?.sysctl ?? {});
  if (entries.length === 0) return [];
  const fs = SLOT.SCRATCH;
  return [
    { op: "fsopen", at: "/linux/sysctl", slot: fs, type: "proc" },
    { op: "fsmount", at: "/linux/sysctl", slot: SLOT.PROC, fs, attrs: 0xe },
    ...entries.map(
      ([key, value]): Op => ({
        op: "write_proc",
        at: `/linux/sysctl/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        proc: SLOT.PROC,
        path: `sys/${key.includes("/") ? key : key.replaceAll(".", "/")}`,
        data: value,
      }),
    ),
    { op: "close", at: "/linux/sysctl", slot: SLOT.PROC },
  ];
}

/** runc makes a missing working directory, and images rely on it. */
function processDirectory(cwd: string): readonly Op[] {
  const path = posix.normalize(cwd);
  if (path === "/" || path.startsWith("/proc/") || path.startsWith("/dev/")) return [];
  const slot = SLOT.SCRATCH;
  return [
    {
      op: "open_target",
      at: "/process/cwd",
      slot,
      root: SLOT.ROOT,
      path,
      kind: TARGET_DIR,
      like: NONE,
      mode: 0o755,
    },
    { op: "close", at: "/process/cwd", slot },
  ];
}

function paths(config: RuntimeConfig): readonly Op[] {
  const { readonlyPaths = [], maskedPaths = [] } = config.linux ?? {};
  return [
    ...readonlyPaths.map(
      (path, i): Op => ({
        op: "readonly_path",
        at: `/linux/readonlyPaths/${i}`,
        root: SLOT.ROOT,
        path,
      }),
    ),
    ...maskedPaths.map(
      (path, i): Op => ({
        op: "mask_path",
        at: `/linux/maskedPaths/${i}`,
        root: SLOT.ROOT,
        path,
        null: SLOT.NULL,
      }),
    ),
  ];
}

function finishRoot(config: RuntimeConfig): readonly Op[] {
  return config.root?.readonly === true
    ? [{ ...rootAttr({ set: MOUNT_ATTR.RDONLY }), at: "/root/readonly" } as const]
    : [];
}

/** After the pivot: pivot_root(2) refuses a shared root (EINVAL). */
function rootPropagation(config: RuntimeConfig): readonly Op[] {
  const wanted = parseRootfsPropagation(config.linux?.rootfsPropagation);
  const isOwn = findNamespace(config, "mount") !== undefined;
  return isOwn && (wanted === MS.SHARED || wanted === MS.UNBINDABLE)
    ? [{ ...rootAttr({ propagation: wanted }), at: "/linux/rootfsPropagation" } as const]
    : [];
}

function terminal({ config, mode, handover = {} }: PlanRequest): readonly Op[] {
  const { process } = config;
  requireSocketFor(process?.terminal === true, mode !== "foreground", handover.consoleSocket);
  return process === undefined ? [] : planTerminal(process, handover);
}

function leaveHost(request: PlanRequest): Op {
  const chroot = findNamespace(request.config, "mount") === undefined || request.noPivot === true;
  return chroot
    ? { op: "chroot", at: "/root/path", root: SLOT.ROOT }
    : { op: "pivot_root", at: "/root/path", root: SLOT.ROOT };
}

function cleanup(request: PlanRequest, groups: readonly Op[]): readonly Op[] {
  const { stateDir, handover } = request;
  if (stateDir === undefined) return groups;
  return [
    ...groups,
    ...(handover?.notifySocket === undefined ? [] : notifyCleanup(stateDir)),
    ...[EXEC_FIFO, REPORT_FIFO, JOIN_SOCKET, CONFIG_FILE, STATE_FILE].map(
      (name): Op => ({ op: "unlink", at: "", path: posix.join(stateDir, name) }),
    ),
    { op: "rmdir", at: "", path: stateDir, flags: 0 },
  ];
}
