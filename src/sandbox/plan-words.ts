import { constants } from "node:fs";
import { CAPABILITIES, RLIMITS } from "../oci/names.ts";
import { CWD, NONE } from "./ops.ts";
import { SLOT } from "./slots.ts";

/** A bit and its name, as `man` has it. */
type Bits = readonly (readonly [bit: number, name: string])[];

/** Names of the set bits joined by `|`, what has no name in hexadecimal; `zero` when none is set. */
export function bitNames(value: number | bigint, table: Bits, zero = "0"): string {
  let left = BigInt(value);
  const names: string[] = [];
  for (const [bit, name] of table) {
    const wide = BigInt(bit);
    if (wide === 0n || (left & wide) !== wide) continue;
    names.push(name);
    left &= ~wide;
  }
  if (left !== 0n) names.push(`0x${left.toString(16)}`);
  return names.length === 0 ? zero : names.join("|");
}

/** mount_setattr(2), fsmount(2). Access times are one field: 0 relatime, 0x10 noatime, 0x20 strictatime. */
export const MOUNT_ATTRS: Bits = [
  [0x1, "ro"],
  [0x2, "nosuid"],
  [0x4, "nodev"],
  [0x8, "noexec"],
  [0x70, "atime"],
  [0x10, "noatime"],
  [0x20, "strictatime"],
  [0x80, "nodiratime"],
  [0x100000, "idmap"],
  [0x200000, "nosymfollow"],
];

/** mount(2). */
export const MOUNT_FLAGS: Bits = [
  [1, "MS_RDONLY"],
  [2, "MS_NOSUID"],
  [4, "MS_NODEV"],
  [8, "MS_NOEXEC"],
  [16, "MS_SYNCHRONOUS"],
  [32, "MS_REMOUNT"],
  [64, "MS_MANDLOCK"],
  [128, "MS_DIRSYNC"],
  [256, "MS_NOSYMFOLLOW"],
  [1024, "MS_NOATIME"],
  [2048, "MS_NODIRATIME"],
  [4096, "MS_BIND"],
  [8192, "MS_MOVE"],
  [16384, "MS_REC"],
  [32768, "MS_SILENT"],
  [1 << 17, "MS_UNBINDABLE"],
  [1 << 18, "MS_PRIVATE"],
  [1 << 19, "MS_SLAVE"],
  [1 << 20, "MS_SHARED"],
  [1 << 21, "MS_RELATIME"],
  [1 << 24, "MS_STRICTATIME"],
];

/** open_tree(2). O_CLOEXEC is init's own and always set. */
export const OPEN_TREE_FLAGS: Bits = [
  [0x1, "OPEN_TREE_CLONE"],
  [0x8000, "AT_RECURSIVE"],
  [0x1000, "AT_EMPTY_PATH"],
  [0x100, "AT_SYMLINK_NOFOLLOW"],
  [0x800, "AT_NO_AUTOMOUNT"],
  [0o2000000, "OPEN_TREE_CLOEXEC"],
];

/** open(2); O_DIRECTORY, O_NOFOLLOW and O_DIRECT differ between x86-64 and arm64. */
export const OPEN_FLAGS: Bits = [
  [2, "O_RDWR"],
  [1, "O_WRONLY"],
  [0o100, "O_CREAT"],
  [0o200, "O_EXCL"],
  [0o400, "O_NOCTTY"],
  [0o1000, "O_TRUNC"],
  [0o2000, "O_APPEND"],
  [0o4000, "O_NONBLOCK"],
  [constants.O_DIRECTORY ?? 0, "O_DIRECTORY"],
  [constants.O_NOFOLLOW ?? 0, "O_NOFOLLOW"],
  [0o2000000, "O_CLOEXEC"],
  [0o10000000, "O_PATH"],
];

/** openat2(2). */
export const RESOLVE_FLAGS: Bits = [
  [0x01, "RESOLVE_NO_XDEV"],
  [0x02, "RESOLVE_NO_MAGICLINKS"],
  [0x04, "RESOLVE_NO_SYMLINKS"],
  [0x08, "RESOLVE_BENEATH"],
  [0x10, "RESOLVE_IN_ROOT"],
  [0x20, "RESOLVE_CACHED"],
];

/** clone(2), unshare(2), setns(2). */
export const CLONE_FLAGS: Bits = [
  [0x80, "CLONE_NEWTIME"],
  [0x00020000, "CLONE_NEWNS"],
  [0x02000000, "CLONE_NEWCGROUP"],
  [0x04000000, "CLONE_NEWUTS"],
  [0x08000000, "CLONE_NEWIPC"],
  [0x10000000, "CLONE_NEWUSER"],
  [0x20000000, "CLONE_NEWPID"],
  [0x40000000, "CLONE_NEWNET"],
  [0x00008000, "CLONE_PARENT"],
];

/** seccomp(2). */
export const SECCOMP_FLAGS: Bits = [
  [1, "TSYNC"],
  [2, "LOG"],
  [4, "SPEC_ALLOW"],
  [8, "NEW_LISTENER"],
  [16, "TSYNC_ESRCH"],
  [32, "WAIT_KILLABLE_RECV"],
];

/** LANDLOCK_ACCESS_FS_*, linux/landlock.h. */
export const LANDLOCK_FS: Bits = [
  "execute",
  "write_file",
  "read_file",
  "read_dir",
  "remove_dir",
  "remove_file",
  "make_char",
  "make_dir",
  "make_reg",
  "make_sock",
  "make_fifo",
  "make_block",
  "make_sym",
  "refer",
  "truncate",
  "ioctl_dev",
].map((name, bit) => [2 ** bit, name] as const);

/** LANDLOCK_ACCESS_NET_*. */
export const LANDLOCK_NET: Bits = [
  [1, "bind_tcp"],
  [2, "connect_tcp"],
];

/** LANDLOCK_SCOPE_*. */
export const LANDLOCK_SCOPE: Bits = [
  [1, "abstract_unix_socket"],
  [2, "signal"],
];

/** prctl(2), linux/prctl.h: those that a runtime may use. */
const PRCTL: ReadonlyMap<number, string> = new Map([
  [1, "PR_SET_PDEATHSIG"],
  [4, "PR_SET_DUMPABLE"],
  [7, "PR_GET_KEEPCAPS"],
  [8, "PR_SET_KEEPCAPS"],
  [15, "PR_SET_NAME"],
  [22, "PR_SET_SECCOMP"],
  [23, "PR_CAPBSET_READ"],
  [24, "PR_CAPBSET_DROP"],
  [28, "PR_SET_SECUREBITS"],
  [29, "PR_SET_TIMERSLACK"],
  [35, "PR_SET_MM"],
  [36, "PR_SET_CHILD_SUBREAPER"],
  [38, "PR_SET_NO_NEW_PRIVS"],
  [41, "PR_SET_THP_DISABLE"],
  [47, "PR_CAP_AMBIENT"],
  [53, "PR_SET_SPECULATION_CTRL"],
  [57, "PR_SET_IO_FLUSHER"],
  [62, "PR_SCHED_CORE"],
]);

/** Name of a prctl(2) option, its number when it has none here. */
export function prctlName(option: number | bigint): string {
  return PRCTL.get(Number(option)) ?? String(option);
}

/** personality(2), linux/personality.h: PER_LINUX and PER_LINUX32, the two of the runtime-spec. */
export function personalityName(persona: number | bigint): string {
  return persona === 0 || persona === 0n
    ? "LINUX"
    : Number(persona) === 8
      ? "LINUX32"
      : hex(persona);
}

/** statfs(2) magic numbers that plans check for. */
const MAGIC: ReadonlyMap<number, string> = new Map([
  [0x9fa0, "proc"],
  [0x62656572, "sysfs"],
  [0x1cd1, "devpts"],
  [0x01021994, "tmpfs"],
  [0x63677270, "cgroup2"],
  [0x27e0eb, "cgroup"],
  [0x6e736673, "nsfs"],
]);

/** Name of a filesystem type by its magic number. */
export function magicName(magic: number | bigint): string {
  return MAGIC.get(Number(magic)) ?? hex(magic);
}

/** A capability mask as names without `CAP_`, `none` or `all`. */
export function capabilityNames(mask: number | bigint): string {
  const wide = BigInt.asUintN(64, BigInt(mask));
  const names = CAPABILITIES.filter((_, bit) => ((wide >> BigInt(bit)) & 1n) === 1n);
  if (names.length === CAPABILITIES.length) return "all";
  const left = wide >> BigInt(CAPABILITIES.length);
  const known = names.map((name) => name.slice(4));
  if (left !== 0n) known.push(`0x${(left << BigInt(CAPABILITIES.length)).toString(16)}`);
  return known.length === 0 ? "none" : known.join(",");
}

/** `RLIMIT_NOFILE`. */
export function rlimitName(resource: number | bigint): string {
  return RLIMITS[Number(resource)] ?? String(resource);
}

/** A limit; RLIM_INFINITY (2^64-1) as `unlimited`. getrlimit(2). */
export function rlimitValue(value: number | bigint): string {
  const wide = BigInt.asUintN(64, BigInt(value));
  return wide === 0xffff_ffff_ffff_ffffn ? "unlimited" : String(wide);
}

const SLOT_NAMES: ReadonlyMap<number, string> = new Map([
  [CWD, "cwd"],
  [NONE, "none"],
  ...Object.entries(SLOT)
    .filter(
      ([name]) =>
        name !== "SCRATCH" &&
        name !== "NAMESPACES" &&
        name !== "SOURCES" &&
        name !== "OWN_NAMESPACES",
    )
    .map(([name, slot]) => [slot as number, name.toLowerCase().replaceAll("_", "-")] as const),
]);

/** A descriptor slot in words: `root`, `scratch+1`, `source+3`, `fd77`. */
export function slotName(slot: number): string {
  const known = SLOT_NAMES.get(slot);
  if (known !== undefined) return known;
  if (slot >= SLOT.OWN_NAMESPACES && slot < 256) return `own${slot - SLOT.OWN_NAMESPACES}`;
  if (slot >= SLOT.SOURCES && slot < SLOT.OWN_NAMESPACES) return `source${slot - SLOT.SOURCES}`;
  if (slot >= SLOT.NAMESPACES && slot < SLOT.IDMAP) return `ns${slot - SLOT.NAMESPACES}`;
  if (slot >= SLOT.SCRATCH && slot < SLOT.NAMESPACES) return `tmp${slot - SLOT.SCRATCH}`;
  return `fd${slot}`;
}

/** Four octal digits. */
export function octal(mode: number | bigint): string {
  return mode.toString(8).padStart(4, "0");
}

/** `0x1f`. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
