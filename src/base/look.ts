import { createHash } from "node:crypto";

/**
 * What a start has looked at on this machine. While a recording runs, every function that reads a fact for the planner
 * notes here what it asked and what it saw; a kept plan carries the list, and init's front asks the same again before it
 * believes the plan. A fact that is read without being noted would let a plan outlive it.
 */

/** Kinds of looks; init/look.c has one function for each. */
export const LOOK = {
  /** A text file: SHA-256 of its bytes, `-` when it is not there or not ours to read. */
  TEXT: 1,
  /** stat(2): device, inode, mode, owner, group, each in decimal, with spaces between. */
  STAT: 2,
  /** lstat(2): the type as an octal number, `-` when it is not there. */
  TYPE: 3,
  /** realpath(3): the result, `-` when there is none. */
  REAL: 4,
  /** access(2) for writing: `1` or `0`. */
  WRITABLE: 5,
  /** statfs(2): the type's magic in hexadecimal. */
  FS_TYPE: 6,
  /** Names in a directory: SHA-256 of them, sorted, each with a newline; `-` when it is not there. */
  NAMES: 7,
  /** CapEff of /proc/self/status, in hexadecimal without leading zeros. */
  CAPABILITIES: 8,
  /** SHA-256 of what /proc/self/mountinfo says of control groups: a line each with root, place, type and options. */
  CGROUP_MOUNTS: 9,
  /** SHA-256 of the names of /proc/cgroups' enabled controllers, each with a newline. */
  CONTROLLERS: 10,
  /** Bytes of memory, in decimal. */
  MEMORY: 11,
  /** readlink(2): what the link says, `-` when there is none. */
  LINK: 12,
} as const;

type LookKind = (typeof LOOK)[keyof typeof LOOK];

/** One question and its answer. */
export interface Look {
  readonly kind: LookKind;
  readonly path: string;
  readonly seen: string;
}

const ABSENT = "-";

let recording: Map<string, Look> | undefined;

/** Begin to record, and forget what an earlier recording that was never ended has seen. */
export function recordLooks(): void {
  recording = new Map();
}

/** What was looked at since `recordLooks`; undefined when something was seen twice, and not the same. */
export function recordedLooks(): readonly Look[] | undefined {
  const looks = recording;
  recording = undefined;
  if (looks === undefined || [...looks.values()].some(({ seen }) => seen === CHANGED))
    return undefined;
  return [...looks.values()];
}

/** In place of an answer that was different the second time. */
const CHANGED = "";

function note(kind: LookKind, path: string, seen: string): void {
  if (recording === undefined) return;
  const key = `${kind} ${path}`;
  const known = recording.get(key);
  recording.set(key, {
    kind,
    path,
    seen: known !== undefined && known.seen !== seen ? CHANGED : seen,
  });
}

const digest = (data: string | Uint8Array): string =>
  createHash("sha256").update(data).digest("hex");

/** A text file was read, or was not there. */
export function sawText(path: string, text: string | Uint8Array | undefined): void {
  if (recording !== undefined) note(LOOK.TEXT, path, text === undefined ? ABSENT : digest(text));
}

/** The file itself, or what a link leads to, was looked at. */
export function sawStat(
  path: string,
  stat: {
    readonly dev: number;
    readonly ino: number;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
  },
): void {
  const { dev, ino, mode, uid, gid } = stat;
  note(LOOK.STAT, path, [dev, ino, mode, uid, gid].join(" "));
}

/** Only its type was asked for, links not followed. */
export function sawType(path: string, mode: number | undefined): void {
  note(LOOK.TYPE, path, mode === undefined ? ABSENT : (mode & 0o170000).toString(8));
}

/** The path was resolved. */
export function sawReal(path: string, real: string | undefined): void {
  note(LOOK.REAL, path, real ?? ABSENT);
}

/** The link itself was read. */
export function sawLink(path: string, target: string | undefined): void {
  note(LOOK.LINK, path, target ?? ABSENT);
}

/** It was asked whether we may write there. */
export function sawWritable(path: string, isWritable: boolean): void {
  note(LOOK.WRITABLE, path, isWritable ? "1" : "0");
}

/** The type of the file system was asked for. */
export function sawFsType(path: string, magic: number): void {
  note(LOOK.FS_TYPE, path, (magic >>> 0).toString(16));
}

/** A directory was listed. */
export function sawNames(path: string, names: readonly string[] | undefined): void {
  if (recording === undefined) return;
  const sorted = names && [...names].sort().map((name) => `${name}\n`);
  note(LOOK.NAMES, path, sorted === undefined ? ABSENT : digest(sorted.join("")));
}

/** Our effective capabilities were read. */
export function sawCapabilities(effective: bigint): void {
  note(LOOK.CAPABILITIES, "", effective.toString(16));
}

/** The control groups' mounts were read; numbers of mounts and their propagation differ by mount namespace and do not count. */
export function sawCgroupMounts(
  mounts: readonly {
    readonly root: string;
    readonly mountpoint: string;
    readonly type: string;
    readonly options: readonly string[];
  }[],
): void {
  if (recording === undefined) return;
  const lines = mounts.map(
    ({ root, mountpoint, type, options }) => `${root} ${mountpoint} ${type} ${options.join(",")}\n`,
  );
  note(LOOK.CGROUP_MOUNTS, "", digest(lines.join("")));
}

/** The kernel's controllers were read from /proc/cgroups. */
export function sawControllers(names: readonly string[]): void {
  if (recording !== undefined)
    note(LOOK.CONTROLLERS, "", digest(names.map((name) => `${name}\n`).join("")));
}

/** The size of the memory was asked for. */
export function sawMemory(bytes: number): void {
  note(LOOK.MEMORY, "", String(bytes));
}
