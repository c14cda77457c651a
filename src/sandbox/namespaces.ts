import { UserError } from "../base/error.ts";
import type { NamespaceType, RuntimeConfig } from "../oci/runtime-config.ts";
import type { HostFacts } from "../sys/host.ts";
import { formatIdMap } from "./idmap.ts";
import { CWD, type Op } from "./ops.ts";
import { SLOT } from "./slots.ts";

/** CLONE_NEW* of clone(2), by the specification's names. */
export const CLONE_FLAGS: Readonly<Record<NamespaceType, number>> = {
  time: 0x80,
  mount: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  user: 0x10000000,
  pid: 0x20000000,
  network: 0x40000000,
};

/** Names below /proc/PID/ns. */
export const NSFS_NAMES: Readonly<Record<NamespaceType, string>> = {
  time: "time",
  mount: "mnt",
  cgroup: "cgroup",
  uts: "uts",
  ipc: "ipc",
  user: "user",
  pid: "pid",
  network: "net",
};

/** timens_offsets names its clocks in lower case (time_namespaces(7)). */
const CLOCKS = ["monotonic", "boottime"];
const PR_SET_DUMPABLE = 4;
const O_RDONLY = 0;
const O_PATH = 0x200000;
const O_DIRECTORY = 0x10000;
const PROC_SUPER_MAGIC = 0x9fa0;

type Namespace = NonNullable<NonNullable<RuntimeConfig["linux"]>["namespaces"]>[number];

/** Operations that make and join the namespaces. */
export interface NamespaceOps {
  readonly host: readonly Op[];
  /** In the join process; the last one is `clone`. */
  readonly join: readonly Op[];
  readonly parent: readonly Op[];
  /** First thing in the container's process. */
  readonly container: readonly Op[];
}

/** The namespace of that type in config.json, with its pointer. */
export function findNamespace(
  config: RuntimeConfig,
  type: NamespaceType,
): { readonly at: string; readonly path?: string } | undefined {
  const index = (config.linux?.namespaces ?? []).findIndex((n) => n.type === type);
  const found = config.linux?.namespaces?.[index];
  return found === undefined ? undefined : { at: `/linux/namespaces/${index}`, ...pathOf(found) };
}

function pathOf(namespace: Namespace): { path?: string } {
  return namespace.path === undefined || namespace.path === "" ? {} : { path: namespace.path };
}

/** True when the container runs in a user namespace that this start makes. */
export function makesUserNamespace(config: RuntimeConfig): boolean {
  const user = findNamespace(config, "user");
  return user !== undefined && user.path === undefined;
}

/**
 * Plan `linux.namespaces` (config-linux.md#namespaces). Root joins other namespaces before it gives up its rights by
 * entering the user namespace; an ordinary user gets the rights to join them only there.
 * @throws UserError when a namespace is not to be had on this host or for this caller.
 */
export function planNamespaces(config: RuntimeConfig, host: HostFacts): NamespaceOps {
  const namespaces = (config.linux?.namespaces ?? []).map((n, i) => ({
    type: n.type,
    at: `/linux/namespaces/${i}`,
    ...pathOf(n),
  }));
  for (const { type, at } of namespaces) requireSupport(type, at, host);
  const privileged = host.euid === 0;
  const joined = namespaces.filter((n) => n.path !== undefined);
  const open = joined.map(
    (n, i): Op => ({
      op: "open",
      at: n.at,
      slot: SLOT.NAMESPACES + i,
      dir: CWD,
      path: n.path ?? "",
      flags: O_RDONLY,
      mode: 0,
      resolve: 0,
    }),
  );
  const enter = (wanted: (type: NamespaceType) => boolean): Op[] =>
    joined.flatMap((n, i): Op[] =>
      wanted(n.type)
        ? [{ op: "setns", at: n.at, slot: SLOT.NAMESPACES + i, type: CLONE_FLAGS[n.type] }]
        : [],
    );
  // The mount namespace comes last: with it the paths of the host are gone.
  const others = (type: NamespaceType): boolean => type !== "user" && type !== "mount";
  const made = namespaces.filter((n) => n.path === undefined);
  const cloneFlags = made
    .filter((n) => n.type !== "user" && n.type !== "time")
    .reduce((flags, n) => flags + CLONE_FLAGS[n.type], 0);
  const user = planUser(config, host);
  const time = planTime(config, !privileged);
  const network = made.find((n) => n.type === "network");
  return {
    host: open,
    join: [
      ...(privileged ? [...enter(others), ...time] : []),
      ...enter((type) => type === "user"),
      ...user.join,
      ...(privileged ? [] : [...enter(others), ...time]),
      ...enter((type) => type === "mount"),
      { op: "clone", at: "/linux/namespaces", flags: cloneFlags },
    ],
    parent: user.parent,
    container: network === undefined ? [] : [{ op: "link_up", at: network.at, name: "lo" }],
  };
}

function requireSupport(type: NamespaceType, at: string, host: HostFacts): void {
  if (host.namespaces.size === 0 || host.namespaces.has(NSFS_NAMES[type])) return;
  throw new UserError(`this kernel has no ${type} namespaces`, {
    where: `config.json ${at}`,
    cause: new Error(
      `/proc/self/ns/${NSFS_NAMES[type]} does not exist (Linux ${host.kernelRelease})`,
    ),
    hint: "use a newer kernel, or leave the namespace out",
  });
}

function planUser(
  config: RuntimeConfig,
  host: HostFacts,
): { readonly join: readonly Op[]; readonly parent: readonly Op[] } {
  const user = findNamespace(config, "user");
  if (user === undefined) {
    if (host.euid === 0) return { join: [], parent: [] };
    throw new UserError("an ordinary user needs a user namespace to start a container", {
      where: "config.json /linux/namespaces",
      hint: 'add {"type": "user"} with mappings (tguard spec --rootless writes them), or run as root',
    });
  }
  const becomeRoot = becomeRootOps(config, user.at);
  if (user.path !== undefined) return { join: becomeRoot, parent: [] };
  const unshare: Op = { op: "unshare", at: user.at, flags: CLONE_FLAGS.user };
  if (host.euid === 0)
    return {
      join: [unshare, { op: "await_parent", at: user.at }, ...becomeRoot],
      parent: [
        map("uid_map", "/linux/uidMappings", config.linux?.uidMappings),
        map("gid_map", "/linux/gidMappings", config.linux?.gidMappings),
      ],
    };
  return {
    join: [
      unshare,
      // newuidmap(1) looks at who owns /proc/PID; nobody else is in this new namespace yet.
      { op: "prctl", at: user.at, option: PR_SET_DUMPABLE, arg2: 1, arg3: 0 },
      { op: "await_parent", at: user.at },
      { op: "prctl", at: user.at, option: PR_SET_DUMPABLE, arg2: 0, arg3: 0 },
      ...becomeRoot,
    ],
    parent: [{ op: "await_maps", at: "/linux/uidMappings" }],
  };
}

/** Inside a user namespace, act as its root, whatever it is called on the host. */
export function becomeRootOps(config: RuntimeConfig, at: string): readonly Op[] {
  return [
    { op: "setresgid", at, gid: rootId(config.linux?.gidMappings) },
    { op: "setresuid", at, uid: rootId(config.linux?.uidMappings) },
  ];
}

function rootId(mappings: NonNullable<RuntimeConfig["linux"]>["uidMappings"]): number {
  return mappings?.some((m) => m.containerID === 0) === false ? (mappings[0]?.containerID ?? 0) : 0;
}

function map(
  file: string,
  at: string,
  mappings: NonNullable<RuntimeConfig["linux"]>["uidMappings"],
): Op {
  return { op: "write_map", at, file, data: formatIdMap(mappings ?? []) };
}

/** unshare(2) and not clone3(2): offsets can be written only while the new time namespace is empty. */
function planTime(config: RuntimeConfig, unprivileged: boolean): readonly Op[] {
  const time = findNamespace(config, "time");
  if (time === undefined || time.path !== undefined) return [];
  const offsets = Object.entries(config.linux?.timeOffsets ?? {}).filter(([clock]) =>
    CLOCKS.includes(clock),
  );
  const lines = offsets
    .map(([clock, o]) => `${clock} ${o.secs ?? 0} ${o.nanosecs ?? 0}\n`)
    .join("");
  const at = "/linux/timeOffsets";
  // The file belongs to root while the process is not dumpable.
  const dumpable = (value: number): Op[] =>
    unprivileged ? [{ op: "prctl", at, option: PR_SET_DUMPABLE, arg2: value, arg3: 0 }] : [];
  return [
    { op: "unshare", at: time.at, flags: CLONE_FLAGS.time },
    ...(lines === ""
      ? []
      : [
          ...openHostProc(at),
          ...dumpable(1),
          {
            op: "write_proc",
            at,
            proc: SLOT.PROC,
            path: "self/timens_offsets",
            data: lines,
          } as const,
          ...dumpable(0),
          { op: "close", at, slot: SLOT.PROC } as const,
        ]),
  ];
}

/** The host's /proc, proven to be one, for what must be written before the container's exists. */
export function openHostProc(at: string, slot: number = SLOT.PROC): readonly Op[] {
  return [
    {
      op: "open",
      at,
      slot,
      dir: CWD,
      path: "/proc",
      flags: O_PATH | O_DIRECTORY,
      mode: 0,
      resolve: 0,
    },
    { op: "check_fs", at, slot, magic: PROC_SUPER_MAGIC },
  ];
}
