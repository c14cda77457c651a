/**
 * The launch plan's operation table: the one place that says which kernel operations exist, their numbers on the wire and their fields.
 * TypeScript types, encoder and printer are derived from it; scripts/gen-plan-header.ts writes init/plan.generated.h from it.
 * Numbers are never reused: a plan that was kept must never mean something else to a newer init.
 *
 * Field kinds: `u64` number or bit mask · `slot` index into init's descriptor table (0 to 255, `CWD` = AT_FDCWD, `NONE` = no descriptor) ·
 * `str` text without NUL · `bytes` raw bytes · `strv` list of texts · `u32v` list of 32-bit numbers.
 */
export const OPS = {
  // Files on the host: control groups, state. Paths are the host's.
  mkdir: { code: 1, fields: { path: "str", mode: "u64", flags: "u64" } },
  rmdir: { code: 2, fields: { path: "str", flags: "u64" } },
  unlink: { code: 3, fields: { path: "str" } },
  write_file: { code: 4, fields: { path: "str", data: "bytes", flags: "u64" } },
  kill_cgroup: { code: 5, fields: { path: "str" } },
  /** The join process is born in that v2 group (clone3(2), CLONE_INTO_CGROUP). */
  fork_into_cgroup: { code: 7, fields: { slot: "slot" } },
  bpf_device: { code: 6, fields: { path: "str", insns: "bytes" } },

  /** Like bpf_device, and takes the programs away that the group had; never looser than both in between. */
  bpf_replace: { code: 131, fields: { path: "str", insns: "bytes" } },
  /** The container's group: made, or taken as it is when it is there, holds nothing and is not frozen (ENOTEMPTY, EBUSY). */
  make_cgroup: { code: 130, fields: { path: "str", flags: "u64" } },
  /** A v2 group goes to the container's root, by its id outside: it may make groups below, and not change its own limits. */
  delegate_cgroup: { code: 132, fields: { path: "str", uid: "u64" } },

  // Descriptors.
  open: {
    code: 10,
    fields: { slot: "slot", dir: "slot", path: "str", flags: "u64", mode: "u64", resolve: "u64" },
  },
  close: { code: 11, fields: { slot: "slot" } },
  open_tree: { code: 12, fields: { slot: "slot", dir: "slot", path: "str", flags: "u64" } },
  check_fs: { code: 13, fields: { slot: "slot", magic: "u64" } },
  check_device: { code: 14, fields: { slot: "slot", type: "u64", major: "u64", minor: "u64" } },
  userns_fd: { code: 15, fields: { slot: "slot", uid_map: "str", gid_map: "str" } },

  // Mounts.
  mount_propagation: { code: 20, fields: { flags: "u64" } },
  fsopen: { code: 21, fields: { slot: "slot", type: "str" } },
  fsconfig_flag: { code: 22, fields: { slot: "slot", key: "str" } },
  fsconfig_string: { code: 23, fields: { slot: "slot", key: "str", value: "str" } },
  fsconfig_mode_of: { code: 24, fields: { slot: "slot", like: "slot" } },
  fsmount: { code: 25, fields: { slot: "slot", fs: "slot", attrs: "u64" } },
  mount_setattr: {
    code: 26,
    fields: {
      slot: "slot",
      recursive: "u64",
      set: "u64",
      clear: "u64",
      propagation: "u64",
      userns: "slot",
    },
  },
  open_target: {
    code: 27,
    fields: { slot: "slot", root: "slot", path: "str", kind: "u64", like: "slot", mode: "u64" },
  },
  move_mount: { code: 28, fields: { from: "slot", to: "slot" } },
  mount_legacy: {
    code: 29,
    fields: { target: "slot", source: "str", type: "str", flags: "u64", data: "str" },
  },
  copy_up: { code: 30, fields: { from: "slot", to: "slot" } },
  mknod_in: {
    code: 31,
    fields: {
      root: "slot",
      path: "str",
      mode: "u64",
      major: "u64",
      minor: "u64",
      uid: "u64",
      gid: "u64",
    },
  },
  symlink_in: { code: 32, fields: { root: "slot", path: "str", target: "str" } },
  mask_path: { code: 33, fields: { root: "slot", path: "str", null: "slot" } },
  readonly_path: { code: 34, fields: { root: "slot", path: "str" } },
  pivot_root: { code: 35, fields: { root: "slot" } },
  chroot: { code: 36, fields: { root: "slot" } },
  check_cwd: { code: 37, fields: {} },

  // Namespaces.
  setns: { code: 40, fields: { slot: "slot", type: "u64" } },
  unshare: { code: 41, fields: { flags: "u64" } },
  write_map: { code: 42, fields: { file: "str", data: "str" } },
  await_maps: { code: 43, fields: {} },
  await_parent: { code: 44, fields: {} },
  clone: { code: 45, fields: { flags: "u64" } },
  link_up: { code: 46, fields: { name: "str" } },
  sethostname: { code: 47, fields: { name: "str" } },
  setdomainname: { code: 48, fields: { name: "str" } },

  // The process itself.
  write_proc: { code: 60, fields: { proc: "slot", path: "str", data: "str" } },
  setrlimit: { code: 61, fields: { resource: "u64", soft: "u64", hard: "u64" } },
  raise_rlimit: { code: 62, fields: { resource: "u64", hard: "u64" } },
  prctl: { code: 63, fields: { option: "u64", arg2: "u64", arg3: "u64" } },
  setgroups: { code: 64, fields: { gids: "u32v" } },
  setresgid: { code: 65, fields: { gid: "u64" } },
  setresuid: { code: 66, fields: { uid: "u64" } },
  capbset_keep: { code: 67, fields: { keep: "u64" } },
  capset: { code: 68, fields: { effective: "u64", permitted: "u64", inheritable: "u64" } },
  cap_ambient: { code: 69, fields: { ambient: "u64" } },
  umask: { code: 70, fields: { mode: "u64" } },
  chdir: { code: 71, fields: { path: "str", flags: "u64" } },
  setsid: { code: 72, fields: {} },
  join_keyring: { code: 73, fields: { name: "str" } },
  personality: { code: 74, fields: { persona: "u64" } },
  chown_stdio: { code: 75, fields: { uid: "u64", gid: "u64" } },
  /** Standard streams that are pipes or sockets, before the user namespace, in which their owner would not be mapped; `uid` is the host's. */
  chown_pipes: { code: 140, fields: { uid: "u64" } },
  seccomp: { code: 76, fields: { flags: "u64", filter: "bytes" } },
  landlock_create: { code: 77, fields: { slot: "slot", fs: "u64", net: "u64", scoped: "u64" } },
  landlock_allow: { code: 78, fields: { slot: "slot", root: "slot", path: "str", access: "u64" } },
  landlock_restrict: { code: 79, fields: { slot: "slot" } },

  // The terminal.
  connect_console: { code: 90, fields: { slot: "slot", path: "str" } },
  open_pty: { code: 91, fields: { master: "slot", slave: "slot", pts: "slot" } },
  set_winsize: { code: 92, fields: { slot: "slot", rows: "u64", cols: "u64" } },
  send_console: { code: 93, fields: { master: "slot", socket: "slot" } },
  set_stdio: { code: 94, fields: { slot: "slot" } },
  set_ctty: { code: 95, fields: {} },

  // The end.
  default_home: { code: 100, fields: { uid: "u64" } },
  close_fds: { code: 101, fields: { first: "u64" } },
  created: { code: 102, fields: { fifo: "slot" } },
  exec: { code: 103, fields: { candidates: "strv", argv: "strv", envp: "strv" } },

  // Hooks and labels.
  /** TypeScript runs the hooks of the host meanwhile. */
  await_hooks: { code: 120, fields: {} },
  /** The state that the hook reads is `before`, the container's process id as the hook sees it, `after`. */
  exec_hook: {
    code: 121,
    fields: {
      path: "str",
      argv: "strv",
      envp: "strv",
      dir: "slot",
      timeout_ms: "u64",
      before: "str",
      after: "str",
      flags: "u64",
    },
  },
  write_slot: { code: 122, fields: { slot: "slot", data: "str" } },
  private_parent: { code: 123, fields: { path: "str" } },

  // Scheduling, memory, network devices, a filter with an agent.
  sched_setattr: {
    code: 124,
    fields: {
      policy: "u64",
      flags: "u64",
      nice: "u64",
      priority: "u64",
      runtime: "u64",
      deadline: "u64",
      period: "u64",
    },
  },
  ioprio_set: { code: 125, fields: { value: "u64" } },
  /** Bit n is processor n, little-endian. */
  sched_setaffinity: { code: 126, fields: { mask: "bytes" } },
  set_mempolicy: { code: 127, fields: { mode: "u64", nodes: "bytes" } },
  move_netdev: { code: 128, fields: { name: "str", wanted: "str" } },
  /** The state for the agent has the container's process id, as the host counts it, between its parts. */
  seccomp_listen: {
    code: 129,
    fields: {
      flags: "u64",
      filter: "bytes",
      socket: "slot",
      before: "str",
      between: "str",
      after: "str",
    },
  },
  // Life after the start: create's fifos, processes that join a container, descriptors handed on.
  mkfifo: { code: 110, fields: { path: "str", mode: "u64" } },
  /** Fails as exec would, before `created`: engines want to hear of a missing program from `create`. */
  find_program: { code: 111, fields: { candidates: "strv" } },
  /** /proc/PID of the very process that started at `start` (clock ticks since boot). */
  open_process: { code: 112, fields: { slot: "slot", pid: "u64", start: "str" } },
  /** This process' pidfd over a connected socket (`--pidfd-socket`). */
  send_pidfd: { code: 113, fields: { socket: "slot" } },
  /** From here on failures are written there as well: the outer half is gone when `start` comes. */
  report_to: { code: 114, fields: { slot: "slot" } },
  /** A unix socket that others in the container's state directory can connect to. */
  listen: { code: 115, fields: { slot: "slot", path: "str" } },
  /** While `created` waits, whoever connects is given `count` descriptors from slot `first` on, and the root. */
  answer_joins: { code: 116, fields: { listener: "slot", first: "u64", count: "u64" } },
  receive_joins: {
    code: 117,
    fields: { path: "str", first: "u64", count: "u64", root: "slot" },
  },
} as const;

export type OpName = keyof typeof OPS;
export type FieldKind = "u64" | "slot" | "str" | "bytes" | "strv" | "u32v";

interface FieldValue {
  readonly u64: number | bigint;
  readonly slot: number;
  readonly str: string;
  readonly bytes: Uint8Array;
  readonly strv: readonly string[];
  readonly u32v: readonly number[];
}

type FieldsOf<N extends OpName> = (typeof OPS)[N]["fields"];

/** One step of the launch plan: a kernel operation, its arguments, and the config.json entry that caused it. */
export type Op = {
  readonly [N in OpName]: {
    readonly op: N /** JSON pointer into config.json, "" when tguard itself asks for it. */;
    readonly at: string;
  } & {
    readonly [F in keyof FieldsOf<N>]: FieldsOf<N>[F] extends FieldKind
      ? FieldValue[FieldsOf<N>[F]]
      : never;
  };
}[OpName];

/** openat2(2)'s AT_FDCWD in a `slot` field. */
export const CWD = 0xfffe;
/** "No descriptor" in a `slot` field. */
export const NONE = 0xffff;

/** `mkdir.flags`, `rmdir.flags`, `write_file.flags`, `chdir.flags`, `open_target.kind`: init's own small enumerations. */
export const MKDIR_EXIST_OK = 1;
/** rmdir: also its sub-directories (control groups that the workload made), waiting up to two seconds while they are busy. */
export const RMDIR_TREE = 1;
/** write_file: a missing file is not an error (a controller's file that this kernel lacks). */
export const WRITE_OPTIONAL = 1;
/** write_file, host section: not before the container's process is set up, so that the set-up does not meet the limit. */
export const WRITE_LATE = 2;
/** chdir: EACCES is not an error yet (tried again with the workload's own ids). */
export const CHDIR_TRY = 1;
export const TARGET_DIR = 1;
export const TARGET_FILE = 2;
/** open_target: a directory or a file, as the descriptor in `like` is. */
export const TARGET_LIKE = 3;
/** open_target, added to the kind: no component may be a symbolic link (/proc, /sys, /dev: CVE-2019-19921, CVE-2021-30465). */
export const TARGET_NOFOLLOW = 4;
/** open_target, added to the kind: the place may lie on procfs; refused otherwise (CVE-2019-16884, CVE-2019-19921). */
export const TARGET_ON_PROC = 8;
/** exec_hook: with the filter that the container's program gets, for a hook that comes from the image. */
export const HOOK_CONFINED = 1;
/** exec_hook fails with this and the wait(2) status added where other operations have an errno. */
export const HOOK_STATUS = 0x10000;

/**
 * Who runs a section, in the order in which they begin. `host`: init's outer half, with the caller's rights, before anything is made.
 * `join`: a child of it that enters and makes namespaces. `parent`: the outer half while `join` waits (id maps).
 * `container`: the container's own process, from its first instruction to exec. `cleanup`: the outer half when all is over, or has failed.
 */
export const SECTIONS = ["host", "join", "parent", "container", "cleanup"] as const;
export type Section = (typeof SECTIONS)[number];

/** What the outer half does after `created`. */
export const MODE_FOREGROUND = 1; // stay: reap, forward signals, report the status
export const MODE_DETACH = 2; // leave once the workload runs
export const MODE_CREATE = 4; // leave at `created`; `start` writes to the fifo
/** The outer half relays between its own terminal and the container's. */
export const MODE_TERMINAL = 8;
/** The clean-up section is for failed starts only (`run --keep`, `exec`): a workload that has ended leaves all in place. */
export const MODE_KEEP = 16;

/** No container: the host section, then leave. */
export const MODE_HOST = 64;

/** make_cgroup.flags: processes in it are no obstacle (systemd has made it, and keeps it alive). */
export const CGROUP_HELD = 1;

/** A whole launch plan: pure data, a function of config.json, profile and host facts. */
export interface LaunchPlan {
  readonly mode: number;
  readonly sections: { readonly [S in Section]: readonly Op[] };
}

/** All operations in the order of their plan-wide index, the one that failures carry. */
export function operationsOf(
  plan: LaunchPlan,
): readonly { readonly section: Section; readonly op: Op }[] {
  return SECTIONS.flatMap((section) => plan.sections[section].map((op) => ({ section, op })));
}
