import { posix } from "node:path";
import { UserError } from "../base/error.ts";
import type { IdMapping, Mount, RuntimeConfig } from "../oci/runtime-config.ts";
import { isBind } from "./bind.ts";
import type { CgroupFacts } from "./cgroup/detect.ts";
import { planCgroupMount } from "./cgroup/mount.ts";
import { formatIdMap } from "./idmap.ts";
import { MOUNT_ATTR, type MountOptions, MS, parseMountOptions } from "./mount-options.ts";
import {
  CWD,
  NONE,
  type Op,
  TARGET_DIR,
  TARGET_LIKE,
  TARGET_NOFOLLOW,
  TARGET_ON_PROC,
} from "./ops.ts";
import { MAX_SOURCES, SLOT } from "./slots.ts";

const OPEN_TREE_CLONE = 1;
const AT_RECURSIVE = 0x8000;
const PROC_SUPER_MAGIC = 0x9fa0;
/** fsconfig(2) takes no longer string; mount(2) does. */
const FSCONFIG_STRING_MAX = 255;

/** Files under /proc that programs such as lxcfs may cover; everything else there is the kernel's to show (CVE-2019-16884, CVE-2019-19921). */
const COVERABLE_PROC_FILES = new Set([
  "/proc/cpuinfo",
  "/proc/diskstats",
  "/proc/loadavg",
  "/proc/meminfo",
  "/proc/slabinfo",
  "/proc/stat",
  "/proc/swaps",
  "/proc/uptime",
  "/proc/sys/crypto/fips_enabled",
  "/proc/sys/kernel/ns_last_pid",
]);

/** What planning mounts needs beside the configuration. */
export interface MountContext {
  readonly bundleDir: string;
  readonly cgroupFacts: CgroupFacts;
  readonly cgroupPaths: Readonly<Record<string, string>>;
  /** Bind sources are opened with the caller's rights, in the host section (true for root with a user namespace). */
  readonly openSourcesOnHost: boolean;
}

/** Operations of all mounts: `host` opens sources where the caller's rights are needed, `container` does the rest. */
export interface MountOps {
  readonly host: readonly Op[];
  readonly container: readonly Op[];
}

/** Plan `mounts` of config.json, in their order (config.md#mounts). */
export function planMounts(config: RuntimeConfig, context: MountContext): MountOps {
  const host: Op[] = [];
  const container: Op[] = [];
  let sources = 0;
  for (const [index, mount] of (config.mounts ?? []).entries()) {
    const at = `/mounts/${index}`;
    const options = parseMountOptions(mount.options ?? []);
    if (mount.type === "cgroup" || mount.type === "cgroup2") {
      container.push(...cgroupMount(config, mount, options, at, context));
    } else if (isBind(mount)) {
      const onHost = context.openSourcesOnHost || needsIdmap(mount, options);
      if (onHost && sources >= MAX_SOURCES)
        throw new UserError(`more than ${MAX_SOURCES} bind mounts in a user namespace`, {
          where: `config.json ${at}`,
        });
      const slot = onHost ? SLOT.SOURCES + sources++ : SLOT.SCRATCH;
      const opened = openSource(config, mount, options, at, slot, context);
      (onHost ? host : container).push(...opened);
      container.push(...attachBind(mount, options, at, slot));
    } else {
      container.push(...newMount(mount, withLabel(mount, options, config.linux?.mountLabel), at));
    }
  }
  return { host, container };
}

function cgroupMount(
  config: RuntimeConfig,
  mount: Mount,
  options: MountOptions,
  at: string,
  context: MountContext,
): readonly Op[] {
  const propagation = options.propagation.at(-1);
  return planCgroupMount({
    at,
    destination: destinationOf(mount),
    attrs: options.attrs.set | options.recursiveAttrs.set,
    ...(mount.type === undefined ? {} : { type: mount.type }),
    ...(propagation === undefined ? {} : { propagation: propagation.type }),
    facts: context.cgroupFacts,
    paths: context.cgroupPaths,
    hasCgroupNamespace: (config.linux?.namespaces ?? []).some((n) => n.type === "cgroup"),
    root: SLOT.ROOT,
  });
}

/** The destination as the kernel will read it, without `.`, `..` and double slashes. */
function destinationOf(mount: Mount): string {
  return posix.normalize(`/${mount.destination}`).replace(/(.)\/$/, "$1");
}

function needsIdmap(mount: Mount, options: MountOptions): boolean {
  return options.idmap !== "none" || (mount.uidMappings?.length ?? 0) > 0;
}

function openSource(
  config: RuntimeConfig,
  mount: Mount,
  options: MountOptions,
  at: string,
  slot: number,
  context: MountContext,
): readonly Op[] {
  if (mount.source === undefined || mount.source === "")
    throw new UserError(`the bind mount on ${JSON.stringify(mount.destination)} has no source`, {
      where: `config.json ${at}`,
    });
  const path = posix.resolve(context.bundleDir, mount.source); // config.md#mounts: relative to the bundle
  const recursive = options.bind === "bind" ? 0 : AT_RECURSIVE;
  const ops: Op[] = [
    {
      op: "open_tree",
      at: `${at}/source`,
      slot,
      dir: CWD,
      path,
      flags: OPEN_TREE_CLONE | recursive,
    },
    // Not in the host's peer group any more: what the container mounts stays inside.
    attr(at, slot, { recursive: true, propagation: MS.SLAVE }),
  ];
  if (destinationOf(mount) === "/proc")
    ops.push({ op: "check_fs", at: `${at}/source`, slot, magic: PROC_SUPER_MAGIC });
  if (needsIdmap(mount, options)) ops.push(...idmap(config, mount, options, at, slot));
  return ops;
}

function idmap(
  config: RuntimeConfig,
  mount: Mount,
  options: MountOptions,
  at: string,
  slot: number,
): readonly Op[] {
  const mapping = (own: readonly IdMapping[] | undefined, kind: "uidMappings" | "gidMappings") => {
    const used = own !== undefined && own.length > 0 ? own : config.linux?.[kind];
    if (used === undefined || used.length === 0)
      throw new UserError(`the idmapped mount on ${mount.destination} has no ${kind}`, {
        where: `config.json ${at}`,
        hint: `give the mount ${kind}, or the container a user namespace with linux.${kind}`,
      });
    return formatIdMap(used);
  };
  return [
    {
      op: "userns_fd",
      at: `${at}/uidMappings`,
      slot: SLOT.IDMAP,
      uid_map: mapping(mount.uidMappings, "uidMappings"),
      gid_map: mapping(mount.gidMappings, "gidMappings"),
    },
    {
      op: "mount_setattr",
      at,
      slot,
      recursive: options.idmap === "ridmap" ? 1 : 0,
      set: MOUNT_ATTR.IDMAP,
      clear: 0,
      propagation: 0,
      userns: SLOT.IDMAP,
    },
    { op: "close", at, slot: SLOT.IDMAP },
  ];
}

function attr(
  at: string,
  slot: number,
  change: { recursive?: boolean; set?: number; clear?: number; propagation?: number },
): Op {
  return {
    op: "mount_setattr",
    at,
    slot,
    recursive: change.recursive === true ? 1 : 0,
    set: change.set ?? 0,
    clear: change.clear ?? 0,
    propagation: change.propagation ?? 0,
    userns: NONE,
  };
}

function attachBind(mount: Mount, options: MountOptions, at: string, slot: number): readonly Op[] {
  // A bind has no superblock of its own: mount(2) passes over such flags.
  const unknown = options.data.find(({ flag }) => flag === undefined);
  if (unknown !== undefined)
    throw new UserError(
      `${JSON.stringify(mount.options?.[unknown.index])} is no option of a bind mount`,
      {
        where: `config.json ${at}/options/${unknown.index}`,
        hint: "options with a value belong to a filesystem; a bind mount has none of its own",
      },
    );
  const { attrs, recursiveAttrs } = options;
  const target = SLOT.SCRATCH + 1;
  // The source's own nosuid, nodev, noexec and ro stay: options add, only access times are replaced (R15).
  const atimes = attrs.clear & MOUNT_ATTR.ATIME;
  const changes = [
    ...(attrs.set !== 0 || atimes !== 0 ? [attr(at, slot, { set: attrs.set, clear: atimes })] : []),
    ...(recursiveAttrs.set !== 0 || recursiveAttrs.clear !== 0
      ? [attr(at, slot, { recursive: true, ...recursiveAttrs })]
      : []),
    ...options.propagation.map(({ type, recursive }) =>
      attr(at, slot, { recursive, propagation: type }),
    ),
  ];
  return [
    {
      op: "open_target",
      at: `${at}/destination`,
      slot: target,
      root: SLOT.ROOT,
      path: destinationOf(mount),
      kind: TARGET_LIKE | placeFlags(mount, at, true),
      like: slot,
      mode: 0o755,
    },
    ...changes,
    { op: "move_mount", at, from: slot, to: target },
  ];
}

/** Flags for open_target by where the destination lies; refuses to cover procfs. */
function placeFlags(mount: Mount, at: string, binds: boolean): number {
  const path = destinationOf(mount);
  if (path === "/proc" || path === "/sys" || path === "/dev") {
    if (path === "/proc" && !binds && mount.type !== "proc")
      throw new UserError(`a mount of type "${mount.type ?? ""}" cannot stand in for /proc`, {
        where: `config.json ${at}`,
        hint: 'give /proc a mount of type "proc"',
      });
    return TARGET_NOFOLLOW;
  }
  if (!path.startsWith("/proc/")) return 0;
  if (binds && COVERABLE_PROC_FILES.has(path)) return TARGET_ON_PROC;
  throw new UserError(`cannot mount on ${path}: it lies inside /proc`, {
    where: `config.json ${at}/destination`,
    hint: "list the path in linux.maskedPaths or linux.readonlyPaths instead",
  });
}

/** A /dev that is to be read-only becomes so once its devices are made. */
export function planReadonlyDev(config: RuntimeConfig): readonly Op[] {
  return (config.mounts ?? []).flatMap((mount, index): readonly Op[] => {
    const options = parseMountOptions(mount.options ?? []);
    const isReadonly = ((options.attrs.set | options.recursiveAttrs.set) & MOUNT_ATTR.RDONLY) !== 0;
    if (destinationOf(mount) !== "/dev" || isBind(mount) || !isReadonly) return [];
    const at = `/mounts/${index}`;
    const slot = SLOT.SCRATCH;
    return [
      {
        op: "open_target",
        at,
        slot,
        root: SLOT.ROOT,
        path: "/dev",
        kind: TARGET_DIR | TARGET_NOFOLLOW,
        like: NONE,
        mode: 0o755,
      },
      attr(at, slot, { set: MOUNT_ATTR.RDONLY }),
      { op: "close", at, slot },
    ];
  });
}

/** Kernel filesystems that have labels of their own, by policy: runc leaves the same out. */
const SELF_LABELLED = ["proc", "sysfs", "mqueue"];

/** `linux.mountLabel` for a filesystem whose files are all new (selinux(8), the mount option "context"). */
function withLabel(mount: Mount, options: MountOptions, label: string | undefined): MountOptions {
  if ((label ?? "") === "" || SELF_LABELLED.includes(mount.type ?? "")) return options;
  if (options.data.some(({ key }) => key === "context")) return options;
  const at = "/linux/mountLabel";
  const context = { key: "context", value: label ?? "", index: -1, at };
  return { ...options, data: [...options.data, context] };
}

function newMount(mount: Mount, options: MountOptions, at: string): readonly Op[] {
  const type = mount.type ?? "";
  if (type === "")
    throw new UserError(`the mount on ${JSON.stringify(mount.destination)} has no type`, {
      where: `config.json ${at}`,
      hint: 'give it a "type", or the option "bind" and a "source"',
    });
  if (options.idmap !== "none" || mount.uidMappings !== undefined)
    throw new UserError(`only bind mounts can be idmapped, not "${type}"`, {
      where: `config.json ${at}`,
    });
  const target = SLOT.SCRATCH + 1;
  const open: Op = {
    op: "open_target",
    at: `${at}/destination`,
    slot: target,
    root: SLOT.ROOT,
    path: destinationOf(mount),
    kind: TARGET_DIR | placeFlags(mount, at, false),
    like: NONE,
    mode: 0o755,
  };
  const attrs = options.attrs.set | options.recursiveAttrs.set;
  // fsconfig(2) takes "iversion" for some filesystems only, mount(2) for all.
  if (
    options.data.some((d) => (d.value ?? "").length > FSCONFIG_STRING_MAX || d.key === "iversion")
  )
    return [open, ...legacyMount(mount, options, at, target, attrs)];
  const fs = SLOT.SCRATCH + 2;
  const made = SLOT.SCRATCH;
  const isTmpfs = type === "tmpfs";
  const copyUp = isTmpfs && options.tmpcopyup;
  // Written to before it becomes read-only: by copying up, and /dev by the devices that are still to be made.
  const closesLater = copyUp || destinationOf(mount) === "/dev";
  return [
    open,
    { op: "fsopen", at: `${at}/type`, slot: fs, type },
    ...sourceOf(mount, at, fs),
    ...(isTmpfs && !options.data.some((d) => d.key === "mode")
      ? [{ op: "fsconfig_mode_of", at, slot: fs, like: target } as const]
      : []),
    ...options.data.map((d): Op => {
      const place = d.at ?? `${at}/options/${d.index}`;
      return d.value === undefined
        ? { op: "fsconfig_flag", at: place, slot: fs, key: d.key }
        : { op: "fsconfig_string", at: place, slot: fs, key: d.key, value: d.value };
    }),
    { op: "fsmount", at, slot: made, fs, attrs: closesLater ? attrs & ~MOUNT_ATTR.RDONLY : attrs },
    ...(copyUp ? [{ op: "copy_up", at, from: target, to: made } as const] : []),
    ...(copyUp && (attrs & MOUNT_ATTR.RDONLY) !== 0
      ? [attr(at, made, { set: MOUNT_ATTR.RDONLY })]
      : []),
    ...options.propagation.map(({ type: t, recursive }) =>
      attr(at, made, { recursive, propagation: t }),
    ),
    { op: "move_mount", at, from: made, to: target },
  ];
}

/** Pseudo filesystems ignore the source but show it in /proc/mounts; block devices and overlays need it. */
function sourceOf(mount: Mount, at: string, fs: number): readonly Op[] {
  const value = mount.source ?? "";
  return value === "" || value.length > FSCONFIG_STRING_MAX
    ? []
    : [{ op: "fsconfig_string", at: `${at}/source`, slot: fs, key: "source", value }];
}

function legacyMount(
  mount: Mount,
  options: MountOptions,
  at: string,
  target: number,
  attrs: number,
): readonly Op[] {
  // mount(2): MS_RDONLY, NOSUID, NODEV, NOEXEC are 1, 2, 4, 8 as in mount_setattr(2); access times differ and keep their default.
  const flags = options.data.reduce((sum, { flag = 0 }) => sum | flag, 0);
  const data = options.data
    .filter(({ flag }) => flag === undefined)
    .map((d) => {
      if (d.value === undefined) return d.key;
      // A label has commas of its own; selinux_sb_eat_lsm_opts() knows quotes.
      return d.key === "context" ? `${d.key}="${d.value}"` : `${d.key}=${d.value}`;
    })
    .join(",");
  return [
    {
      op: "mount_legacy",
      at,
      target,
      source: mount.source ?? mount.type ?? "none",
      type: mount.type ?? "",
      flags: (attrs & 0xf) | flags,
      data,
    },
  ];
}
