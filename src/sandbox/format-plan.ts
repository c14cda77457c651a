import { bitList } from "./bit-list.ts";
import {
  CGROUP_HELD,
  CHDIR_TRY,
  HOOK_CONFINED,
  type LaunchPlan,
  MKDIR_EXIST_OK,
  MODE_CREATE,
  MODE_DETACH,
  MODE_FOREGROUND,
  MODE_KEEP,
  MODE_TERMINAL,
  NONE,
  OPS,
  type Op,
  type OpName,
  operationsOf,
  RMDIR_TREE,
  type Section,
  TARGET_FILE,
  TARGET_LIKE,
  TARGET_NOFOLLOW,
  TARGET_ON_PROC,
  WRITE_LATE,
  WRITE_OPTIONAL,
} from "./ops.ts";
import {
  bitNames,
  CLONE_FLAGS,
  capabilityNames,
  hex,
  LANDLOCK_FS,
  LANDLOCK_NET,
  LANDLOCK_SCOPE,
  MOUNT_ATTRS,
  MOUNT_FLAGS,
  magicName,
  OPEN_FLAGS,
  OPEN_TREE_FLAGS,
  octal,
  personalityName,
  prctlName,
  RESOLVE_FLAGS,
  rlimitName,
  rlimitValue,
  SECCOMP_FLAGS,
  slotName,
} from "./plan-words.ts";
import { columns, cut, visible } from "./printable.ts";

/** How to print a plan. */
export interface PlanFormat {
  /** Columns to fill; longer arguments are cut. */
  readonly width?: number;
  /** ANSI colours. */
  readonly isColoured?: boolean;
}

type OpOf<N extends OpName> = Extract<Op, { op: N }>;

const MODE_NAMES = [
  [MODE_FOREGROUND, "foreground"],
  [MODE_DETACH, "detach"],
  [MODE_CREATE, "create"],
  [MODE_TERMINAL, "terminal"],
  [MODE_KEEP, "keep"],
] as const;

const SECTION_TITLES: Readonly<Record<Section, string>> = {
  host: "on the host, with the caller's rights",
  join: "a child enters and makes namespaces",
  parent: "meanwhile outside: id maps",
  container: "the container's own process, up to exec",
  cleanup: "when all is over, or has failed",
};

/** Arguments of each operation in words; a table, so that an operation without words does not compile. */
const WORDS: { readonly [N in OpName]: (op: OpOf<N>) => string } = {
  mkdir: (op) =>
    `${text(op.path)} mode ${octal(op.mode)}${flag(op.flags, MKDIR_EXIST_OK, "may exist")}`,
  rmdir: (op) => `${text(op.path)}${flag(op.flags, RMDIR_TREE, "with all groups in it")}`,
  unlink: (op) => text(op.path),
  write_file: (op) =>
    `${text(op.path)} = ${bytes(op.data)}${flag(op.flags, WRITE_OPTIONAL, "may be missing")}${flag(op.flags, WRITE_LATE, "when the container is set up")}`,
  kill_cgroup: (op) => text(op.path),
  fork_into_cgroup: (op) => `the join process is born in ${slotName(op.slot)}`,
  make_cgroup: (op) => `${text(op.path)}${flag(op.flags, CGROUP_HELD, "may hold processes")}`,
  delegate_cgroup: (op) => `${text(op.path)} to uid ${op.uid}`,
  bpf_replace: (op) => `${text(op.path)} ${op.insns.length / 8} instructions`,
  bpf_device: (op) => `${text(op.path)} ${op.insns.length / 8} instructions`,

  open: (op) =>
    [
      `${slotName(op.slot)} = ${place(op.dir, op.path)}`,
      bitNames(op.flags, OPEN_FLAGS, "O_RDONLY"),
      ...(Number(op.mode) === 0 ? [] : [`mode ${octal(op.mode)}`]),
      ...(Number(op.resolve) === 0 ? [] : [bitNames(op.resolve, RESOLVE_FLAGS)]),
    ].join(" "),
  close: (op) => slotName(op.slot),
  open_tree: (op) =>
    `${slotName(op.slot)} = ${place(op.dir, op.path)} ${bitNames(op.flags, OPEN_TREE_FLAGS)}`,
  check_fs: (op) => `${slotName(op.slot)} is ${magicName(op.magic)}`,
  check_device: (op) =>
    // stat(2): S_IFCHR and S_IFBLK.
    `${slotName(op.slot)} is ${Number(op.type) === 0o60000 ? "b" : "c"} ${op.major}:${op.minor}`,
  userns_fd: (op) =>
    `${slotName(op.slot)} = user namespace, uids ${map(op.uid_map)}, gids ${map(op.gid_map)}`,

  mount_propagation: (op) => bitNames(op.flags, MOUNT_FLAGS),
  fsopen: (op) => `${slotName(op.slot)} = ${text(op.type)}`,
  fsconfig_flag: (op) => `${slotName(op.slot)} ${text(op.key)}`,
  fsconfig_string: (op) => `${slotName(op.slot)} ${text(op.key)} = ${text(op.value)}`,
  fsconfig_mode_of: (op) => `${slotName(op.slot)} mode as ${slotName(op.like)}`,
  fsmount: (op) =>
    `${slotName(op.slot)} = ${slotName(op.fs)} ${bitNames(op.attrs, MOUNT_ATTRS, "")}`.trimEnd(),
  mount_setattr: (op) =>
    [
      `${slotName(op.slot)}${Number(op.recursive) === 0 ? "" : " and all beneath"}`,
      ...(Number(op.set) === 0 ? [] : [`set ${bitNames(op.set, MOUNT_ATTRS)}`]),
      ...(Number(op.clear) === 0 ? [] : [`clear ${bitNames(op.clear, MOUNT_ATTRS)}`]),
      ...(Number(op.propagation) === 0 ? [] : [bitNames(op.propagation, MOUNT_FLAGS)]),
      ...(op.userns === NONE ? [] : [`ids of ${slotName(op.userns)}`]),
    ].join(" "),
  open_target: (op) => `${slotName(op.slot)} = ${place(op.root, op.path)} ${targetKind(op)}`,
  move_mount: (op) => `${slotName(op.from)} to ${slotName(op.to)}`,
  mount_legacy: (op) =>
    `${slotName(op.target)} type ${text(op.type)} from ${text(op.source)} ${bitNames(op.flags, MOUNT_FLAGS)} data ${text(op.data)}`,
  copy_up: (op) => `${slotName(op.from)} to ${slotName(op.to)}`,
  mknod_in: (op) =>
    `${place(op.root, op.path)} ${nodeType(op.mode)} ${op.major}:${op.minor} mode ${octal(BigInt(op.mode) & 0o7777n)} owner ${op.uid}:${op.gid}`,
  symlink_in: (op) => `${place(op.root, op.path)} to ${text(op.target)}`,
  mask_path: (op) => place(op.root, op.path),
  readonly_path: (op) => place(op.root, op.path),
  pivot_root: (op) => slotName(op.root),
  chroot: (op) => slotName(op.root),
  check_cwd: () => "lies inside the root",

  setns: (op) => `${slotName(op.slot)} ${bitNames(op.type, CLONE_FLAGS, "any")}`,
  unshare: (op) => bitNames(op.flags, CLONE_FLAGS),
  write_map: (op) => `${text(op.file)} = ${map(op.data)}`,
  await_maps: () => "",
  await_parent: () => "",
  clone: (op) => bitNames(op.flags, CLONE_FLAGS),
  link_up: (op) => text(op.name),
  sethostname: (op) => text(op.name),
  setdomainname: (op) => text(op.name),

  write_proc: (op) => `${place(op.proc, op.path)} = ${text(op.data)}`,
  setrlimit: (op) =>
    `${rlimitName(op.resource)} soft ${rlimitValue(op.soft)} hard ${rlimitValue(op.hard)}`,
  raise_rlimit: (op) => `${rlimitName(op.resource)} hard ${rlimitValue(op.hard)}`,
  prctl: (op) => `${prctlName(op.option)} ${op.arg2} ${op.arg3}`,
  setgroups: (op) => (op.gids.length === 0 ? "none" : list(op.gids.map(String))),
  setresgid: (op) => String(op.gid),
  setresuid: (op) => String(op.uid),
  capbset_keep: (op) => capabilityNames(op.keep),
  capset: (op) =>
    `effective ${capabilityNames(op.effective)}; permitted ${capabilityNames(op.permitted)}; inheritable ${capabilityNames(op.inheritable)}`,
  cap_ambient: (op) => capabilityNames(op.ambient),
  umask: (op) => octal(op.mode),
  chdir: (op) => `${text(op.path)}${flag(op.flags, CHDIR_TRY, "may fail with EACCES")}`,
  setsid: () => "",
  join_keyring: (op) => text(op.name),
  personality: (op) => personalityName(op.persona),
  chown_stdio: (op) => `${op.uid}:${op.gid}`,
  chown_pipes: (op) => String(op.uid),
  seccomp: (op) =>
    `${op.filter.length / 8} instructions ${bitNames(op.flags, SECCOMP_FLAGS, "")}`.trimEnd(),
  landlock_create: (op) =>
    `${slotName(op.slot)} handles ${bitNames(op.fs, LANDLOCK_FS)}; net ${bitNames(op.net, LANDLOCK_NET, "-")}; scope ${bitNames(op.scoped, LANDLOCK_SCOPE, "-")}`,
  landlock_allow: (op) => `${place(op.root, op.path)} ${bitNames(op.access, LANDLOCK_FS)}`,
  landlock_restrict: (op) => slotName(op.slot),

  connect_console: (op) => `${slotName(op.slot)} = ${text(op.path)}`,
  open_pty: (op) =>
    `${slotName(op.master)}, ${slotName(op.slave)} from ${op.pts === NONE ? "/dev/ptmx" : slotName(op.pts)}`,
  set_winsize: (op) => `${slotName(op.slot)} ${op.cols}x${op.rows}`,
  send_console: (op) => `${slotName(op.master)} over ${slotName(op.socket)}`,
  set_stdio: (op) => slotName(op.slot),
  set_ctty: () => "",

  default_home: (op) => `of uid ${op.uid}`,
  close_fds: (op) => `from ${op.first} on`,
  created: (op) => (op.fifo === NONE ? "" : `then wait at ${slotName(op.fifo)}`),
  exec: (op) => `${list(op.argv.map(text))} (${op.envp.length} variables)`,

  await_hooks: () => "",
  exec_hook: (op) =>
    `${text(op.path)} ${list(op.argv.map(text))} (${op.envp.length} variables) in ${slotName(op.dir)}${Number(op.timeout_ms) === 0 ? "" : ` for ${op.timeout_ms} ms at most`}${flag(op.flags, HOOK_CONFINED, "filtered")}`,
  write_slot: (op) => `${slotName(op.slot)} = ${text(op.data)}`,
  private_parent: (op) => text(op.path),

  sched_setattr: (op) =>
    `policy ${op.policy} flags ${hex(op.flags)} nice ${op.nice} priority ${op.priority} runtime ${op.runtime} deadline ${op.deadline} period ${op.period}`,
  // ioprio_set(2): the class is in the upper bits.
  ioprio_set: (op) => `class ${BigInt(op.value) >> 13n} level ${BigInt(op.value) & 0x1fffn}`,
  sched_setaffinity: (op) => `processors ${bitList(op.mask)}`,
  set_mempolicy: (op) => `mode ${hex(op.mode)} nodes ${bitList(op.nodes)}`,
  move_netdev: (op) => `${text(op.name)} as ${text(op.wanted)}`,
  seccomp_listen: (op) =>
    `${op.filter.length / 8} instructions ${bitNames(op.flags, SECCOMP_FLAGS, "")}, listener over ${slotName(op.socket)}`,
  mkfifo: (op) => `${text(op.path)} mode ${octal(op.mode)}`,
  find_program: (op) => list(op.candidates.map(text)),
  open_process: (op) => `${slotName(op.slot)} = process ${op.pid} started at ${text(op.start)}`,
  send_pidfd: (op) => `over ${slotName(op.socket)}`,
  report_to: (op) => slotName(op.slot),
  listen: (op) => `${slotName(op.slot)} = ${text(op.path)}`,
  answer_joins: (op) =>
    `at ${slotName(op.listener)} with ${op.count} descriptors from ${slotName(Number(op.first))} on`,
  receive_joins: (op) =>
    `${op.count} descriptors from ${slotName(Number(op.first))} on, and ${slotName(op.root)}, over ${text(op.path)}`,
};

/**
 * A plan as a listing for people: the operations numbered from 1 as init's failures count them, flags decoded, the config.json entry
 * behind each at the right. Nothing of the config can reach the terminal as a control character.
 */
export function formatPlanTable(plan: LaunchPlan, format: PlanFormat = {}): string {
  const { width = 100, isColoured = false } = format;
  const operations = operationsOf(plan);
  const paint = (code: string, part: string): string =>
    isColoured && part !== "" ? `\x1b[${code}m${part}\x1b[0m` : part;
  const numberWidth = String(operations.length).length;
  const nameWidth = Math.max(0, ...operations.map(({ op }) => op.op.length));
  const pointers = operations.map(({ op }) => cut(visible(op.at), Math.floor(width / 3)));
  const pointerWidth = Math.max(0, ...pointers.map(columns));
  const room = Math.max(20, width - numberWidth - nameWidth - pointerWidth - 5);

  const lines = [
    `launch plan: ${operations.length} operations, ${modeNames(plan.mode).join(", ")}`,
  ];
  let section: Section | undefined;
  for (const [i, { section: current, op }] of operations.entries()) {
    if (current !== section) lines.push("", paint("1", `${current}: ${SECTION_TITLES[current]}`));
    section = current;
    const pointer = pointers[i] ?? "";
    // Long arguments may run into the pointers' column as far as this line's own pointer leaves it free.
    const free = room + pointerWidth - columns(pointer) + (pointer === "" ? 1 : 0);
    const words = cut(describeOp(op), Math.max(room, free));
    const padding = " ".repeat(Math.max(0, room - columns(words)));
    lines.push(
      [
        paint("2", String(i + 1).padStart(numberWidth + 2)),
        paint("36", op.op.padEnd(nameWidth)),
        `${words}${pointer === "" ? "" : `${padding} ${paint("2", pointer)}`}`,
      ]
        .join(" ")
        .trimEnd(),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The arguments of one operation in words, safe to print: what an error says after "operation 12 of 41". */
export function describeOp(op: Op): string {
  const words = WORDS[op.op] as (op: Op) => string; // the entry of its own kind
  return words(op);
}

/** A plan as plain data, see planToJson. */
export interface PlanJson {
  /** Version of this form; raised when a reader of the old one would go wrong. */
  readonly version: 1;
  readonly mode: readonly string[];
  readonly operations: readonly Readonly<Record<string, unknown>>[];
}

/**
 * A plan as JSON, in a form that is kept stable: `mode` names the mode bits; each operation has `index` (from 1), `section`, `op`, `at`
 * (JSON pointer, "" when tguard itself asks for it) and its fields under the names of the operation table in ops.ts. Numbers are numbers,
 * decimal strings beyond 2^53; bytes are base64; slots are numbers, 65534 for the working directory and 65535 for none.
 */
export function planToJson(plan: LaunchPlan): PlanJson {
  const operations = operationsOf(plan).map(({ section, op }, i) => {
    const fields = Object.keys(OPS[op.op].fields).map((name) => [
      name,
      jsonValue((op as unknown as Readonly<Record<string, unknown>>)[name]),
    ]);
    return { index: i + 1, section, op: op.op, at: op.at, ...Object.fromEntries(fields) };
  });
  return { version: 1, mode: modeNames(plan.mode), operations };
}

function jsonValue(value: unknown): unknown {
  if (typeof value === "bigint") {
    const isSafe = value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER);
    return isSafe ? Number(value) : String(BigInt.asUintN(64, value));
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) return String(BigInt(value));
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

function modeNames(mode: number): readonly string[] {
  return MODE_NAMES.filter(([bit]) => (mode & bit) !== 0).map(([, name]) => name);
}

function flag(value: number | bigint, bit: number, words: string): string {
  return (Number(value) & bit) === 0 ? "" : ` (${words})`;
}

function targetKind(op: OpOf<"open_target">): string {
  const kind = Number(op.kind) & 3;
  const what =
    kind === TARGET_LIKE
      ? `like ${slotName(op.like)}`
      : kind === TARGET_FILE
        ? `file mode ${octal(op.mode)}`
        : `directory mode ${octal(op.mode)}`;
  return `${what}${flag(op.kind, TARGET_NOFOLLOW, "no links")}${flag(op.kind, TARGET_ON_PROC, "on procfs")}`;
}

function nodeType(mode: number | bigint): string {
  // inode(7): the file type bits of st_mode.
  const types = new Map([
    [0o20000, "c"],
    [0o60000, "b"],
    [0o10000, "fifo"],
  ]);
  return types.get(Number(mode) & 0o170000) ?? "file";
}

function place(dir: number, path: string): string {
  return slotName(dir) === "cwd" ? text(path) : `${slotName(dir)}:${text(path)}`;
}

function map(lines: string): string {
  return list(
    lines
      .trim()
      .split("\n")
      .map((line) => visible(line.trim().split(/\s+/).join(" "))),
  );
}

/** At most eight items: id maps and argument lists can be very long. */
function list(items: readonly string[]): string {
  const shown = items.slice(0, 8).map((item) => cut(item, 60));
  if (items.length > shown.length) shown.push(`and ${items.length - shown.length} more`);
  return `[${shown.join(", ")}]`;
}

function bytes(data: Uint8Array): string {
  const decoded = Buffer.from(data.subarray(0, 120)).toString("utf8");
  const isText = !/[^\t\n\x20-\x7e]/.test(decoded);
  return isText ? text(decoded) : `${data.length} bytes`;
}

/** A text of the config's: as it is when plain, quoted when it is empty or has blanks. */
function text(value: string): string {
  const safe = visible(cut(value, 160));
  return /^[^\s"']+$/.test(safe) ? safe : `"${safe.replaceAll('"', '\\"')}"`;
}
