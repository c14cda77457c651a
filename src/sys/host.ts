import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
} from "node:fs";
import { release, totalmem } from "node:os";
import { join } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import {
  sawCapabilities,
  sawFsType,
  sawMemory,
  sawNames,
  sawStat,
  sawText,
  sawType,
  sawWritable,
} from "../base/look.ts";

/** `count` ids that begin at `start`, as /etc/subuid and /etc/subgid hand them out (subuid(5)). */
export interface IdRange {
  readonly start: number;
  readonly count: number;
}

/** One line of /proc/PID/uid_map or gid_map (user_namespaces(7)): `size` ids from `inside` on are the parent's from `outside` on. */
export interface IdMapLine {
  readonly inside: number;
  readonly outside: number;
  readonly size: number;
}

/**
 * What tguard knows of the machine and of its own rights: read once, from then on constant.
 * Every field is looked up when it is first read, so a start pays only for what its plan asks.
 * Where the file behind a field does not exist (another OS, no /proc) the field has the value of a machine without that feature.
 */
export interface HostFacts {
  /** @throws UserError on other processors: init and the seccomp tables exist for these two. */
  readonly arch: "x64" | "arm64";
  /** uname(2) release, `6.1.0-18-amd64`. */
  readonly kernelRelease: string;
  readonly euid: number;
  readonly egid: number;
  /** Name of `euid` in the user database; undefined when it has none. */
  readonly userName: string | undefined;
  /** Bit n is set when capability n is effective (CapEff of /proc/self/status). */
  readonly effectiveCapabilities: bigint;
  /** Our ids are not the machine's: uid_map is anything but the identity over all 2^32-1 ids. */
  readonly inUserNamespace: boolean;
  readonly uidMap: readonly IdMapLine[];
  readonly gidMap: readonly IdMapLine[];
  /** Ranges that /etc/subuid gives this user, by name and by number, in the file's order. */
  readonly subuid: readonly IdRange[];
  readonly subgid: readonly IdRange[];
  /** Absolute path of newuidmap(1), undefined when it is not installed. */
  readonly newuidmap: string | undefined;
  readonly newgidmap: string | undefined;
  /** Names in /proc/self/ns without `_for_children`: `user`, `time`, … */
  readonly namespaces: ReadonlySet<string>;
  readonly apparmorEnabled: boolean;
  readonly selinuxEnabled: boolean;
  /** Number of the highest capability that the kernel knows. */
  readonly lastCap: number;
  /** The id that an unmapped one is shown as (/proc/sys/kernel/overflowuid). */
  readonly overflowUid: number;
  readonly overflowGid: number;
  readonly memoryTotalBytes: number;
}

// subuid(5) files are a line a user; a megabyte is tens of thousands of users.
const TEXT_LIMIT = 1 << 20;

/** Read the facts of this machine. Cheap: see HostFacts. */
export function readHostFacts(): HostFacts {
  return new LazyHostFacts();
}

/** What root would be told on this machine: for looking at root's plans without being root. */
export function asRoot(host: HostFacts): HostFacts {
  const all = [{ inside: 0, outside: 0, size: 0xffff_ffff }];
  return {
    arch: host.arch,
    kernelRelease: host.kernelRelease,
    euid: 0,
    egid: 0,
    userName: "root",
    effectiveCapabilities: (1n << BigInt(host.lastCap + 1)) - 1n,
    inUserNamespace: false,
    uidMap: all,
    gidMap: all,
    subuid: [],
    subgid: [],
    newuidmap: host.newuidmap,
    newgidmap: host.newgidmap,
    namespaces: host.namespaces,
    apparmorEnabled: host.apparmorEnabled,
    selinuxEnabled: host.selinuxEnabled,
    lastCap: host.lastCap,
    overflowUid: host.overflowUid,
    overflowGid: host.overflowGid,
    memoryTotalBytes: host.memoryTotalBytes,
  };
}

class LazyHostFacts implements HostFacts {
  readonly kernelRelease: string = release();
  // Windows has no ids; a plan made there is meant for a Linux root.
  readonly euid: number = process.geteuid?.() ?? 0;
  readonly egid: number = process.getegid?.() ?? 0;
  readonly #known = new Map<string, unknown>();

  #once<T>(name: string, read: () => T): T {
    if (!this.#known.has(name)) this.#known.set(name, read());
    return this.#known.get(name) as T; // only ever set by the same caller
  }

  get arch(): "x64" | "arm64" {
    if (process.arch === "x64" || process.arch === "arm64") return process.arch;
    throw new UserError(`tguard does not run containers on ${process.arch} processors`, {
      hint: "use an x86-64 or arm64 machine",
    });
  }
  get userName(): string | undefined {
    return this.#once("userName", readUserName);
  }
  get effectiveCapabilities(): bigint {
    return this.#once("effectiveCapabilities", () => {
      const effective = parseEffectiveCapabilities(textOf("/proc/self/status") ?? "");
      sawCapabilities(effective);
      return effective;
    });
  }
  get inUserNamespace(): boolean {
    return this.#once(
      "inUserNamespace",
      () => this.uidMap.length > 0 && !isWholeIdentity(this.uidMap),
    );
  }
  get uidMap(): readonly IdMapLine[] {
    return this.#once("uidMap", () => parseIdMap(readText("/proc/self/uid_map") ?? ""));
  }
  get gidMap(): readonly IdMapLine[] {
    return this.#once("gidMap", () => parseIdMap(readText("/proc/self/gid_map") ?? ""));
  }
  get subuid(): readonly IdRange[] {
    return this.#once("subuid", () => this.#subIds("/etc/subuid"));
  }
  get subgid(): readonly IdRange[] {
    return this.#once("subgid", () => this.#subIds("/etc/subgid"));
  }
  #subIds(path: string): readonly IdRange[] {
    return parseSubIds(readText(path) ?? "", this.userName, this.euid);
  }
  get newuidmap(): string | undefined {
    return this.#once("newuidmap", () => findProgram("newuidmap", process.env["PATH"]));
  }
  get newgidmap(): string | undefined {
    return this.#once("newgidmap", () => findProgram("newgidmap", process.env["PATH"]));
  }
  get namespaces(): ReadonlySet<string> {
    return this.#once("namespaces", readNamespaces);
  }
  get selinuxEnabled(): boolean {
    // selinux(8): selinuxfs is there and a policy is loaded.
    return this.#once(
      "selinuxEnabled",
      () => readText("/sys/fs/selinux/policyvers") !== undefined && hasSelinuxLabel(),
    );
  }
  get apparmorEnabled(): boolean {
    return this.#once(
      "apparmorEnabled",
      () => readText("/sys/module/apparmor/parameters/enabled")?.trim() === "Y",
    );
  }
  get lastCap(): number {
    // 40 is CAP_CHECKPOINT_RESTORE, the newest of linux/capability.h since 5.9.
    return this.#once("lastCap", () => numberIn("/proc/sys/kernel/cap_last_cap", 40));
  }
  get overflowUid(): number {
    return this.#once("overflowUid", () => numberIn("/proc/sys/kernel/overflowuid", 65534));
  }
  get overflowGid(): number {
    return this.#once("overflowGid", () => numberIn("/proc/sys/kernel/overflowgid", 65534));
  }
  get memoryTotalBytes(): number {
    return this.#once("memoryTotalBytes", () => {
      const bytes = totalmem();
      sawMemory(bytes);
      return bytes;
    });
  }
}

/** True for errors that mean "this machine does not have (or does not show us) that file". */
function isAbsence(error: unknown): boolean {
  return isErrno(error) && ["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(error.code ?? "");
}

function readText(path: string): string | undefined {
  const text = textOf(path);
  sawText(path, text);
  return text;
}

/** A small text file's content, undefined when it is not there; what is not a regular file of at most TEXT_LIMIT bytes counts as not there. */
function textOf(path: string): string | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(fd);
      // procfs files say size 0; a FIFO or device in place of /etc/subuid must neither hang nor flood us.
      return stat.isFile() && stat.size <= TEXT_LIMIT ? readFileSync(fd, "utf8") : undefined;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function numberIn(path: string, otherwise: number): number {
  const text = readText(path)?.trim() ?? "";
  return /^\d{1,10}$/.test(text) ? Number(text) : otherwise;
}

/** Looked up in /etc/passwd: os.userInfo() asks the environment in one of our two runtimes, and the environment may say anything. */
function readUserName(): string | undefined {
  const uid = String(process.geteuid?.() ?? 0);
  return userNameIn(readText("/etc/passwd") ?? "", uid);
}

/** Name of a uid in the text of passwd(5). */
export function userNameIn(passwd: string, uid: string): string | undefined {
  for (const line of passwd.split("\n")) {
    const [name, , id] = line.split(":", 3);
    if (id === uid && name !== undefined && name !== "") return name;
  }
  return undefined;
}

function readNamespaces(): ReadonlySet<string> {
  const path = "/proc/self/ns";
  try {
    const names = readdirSync(path);
    sawNames(path, names);
    return new Set(names.filter((name) => !name.endsWith("_for_children")));
  } catch (error) {
    if (!isAbsence(error)) throw error;
    sawNames(path, undefined);
    return new Set();
  }
}

/** CapEff of the text of /proc/PID/status; no capability when the line is missing. */
export function parseEffectiveCapabilities(status: string): bigint {
  const hex = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(status)?.[1];
  return hex === undefined ? 0n : BigInt(`0x${hex}`);
}

/** Lines of a uid_map or gid_map file; the kernel allows 340 of them (user_namespaces(7)), others are ignored. */
export function parseIdMap(text: string): readonly IdMapLine[] {
  const lines: IdMapLine[] = [];
  for (const line of text.split("\n").slice(0, 340)) {
    const match = /^\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*$/.exec(line);
    if (match === null) continue;
    lines.push({ inside: Number(match[1]), outside: Number(match[2]), size: Number(match[3]) });
  }
  return lines;
}

/** The initial user namespace's map: `0 0 4294967295`, in one line or several. */
export function isWholeIdentity(map: readonly IdMapLine[]): boolean {
  let next = 0;
  for (const { inside, outside, size } of [...map].sort((a, b) => a.inside - b.inside)) {
    if (inside !== next || outside !== inside) return false;
    next += size;
  }
  return next >= 0xffff_ffff;
}

/**
 * Ranges of one user in the text of /etc/subuid or /etc/subgid (`name-or-uid:start:count`, subuid(5)).
 * Malformed lines, empty ranges and ranges beyond 32 bits are ignored, as newuidmap does.
 */
export function parseSubIds(
  text: string,
  userName: string | undefined,
  uid: number,
): readonly IdRange[] {
  const ranges: IdRange[] = [];
  for (const line of text.split("\n")) {
    const match = /^([^:#][^:]*):(\d{1,10}):(\d{1,10})\s*$/.exec(line);
    if (match === null) continue;
    const [, owner, start, count] = match;
    if (owner !== userName && owner !== String(uid)) continue;
    const range = { start: Number(start), count: Number(count) };
    const fits = range.count > 0 && range.start + range.count <= 0xffff_ffff;
    if (fits && !ranges.some((r) => r.start === range.start && r.count === range.count))
      ranges.push(range);
  }
  return ranges;
}

/** First executable regular file of that name in `path` (a PATH list), then in /usr/bin; relative entries are not searched. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  for (const folder of [...(path ?? "").split(":"), "/usr/bin"]) {
    if (!folder.startsWith("/")) continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
  }
  return undefined;
}

/** What harden and plan need to know of a container's root directory. */
export interface RootfsFacts {
  /** Name of the filesystem type, `unknown (0x…)` for one that is not in our table. */
  readonly fsType: string;
  readonly uid: number;
  readonly gid: number;
  /** A mount of it can be idmapped (by root of the initial user namespace). */
  readonly idmapSupported: boolean;
  /** We may create directories in it. */
  readonly writable: boolean;
  /** Those of the asked paths that are directories in it, reached without any symbolic link. */
  readonly present: readonly string[];
}

/**
 * statfs(2) magic numbers (linux/magic.h) and the kernel that first let a mount of the type be idmapped: mount_setattr(2) ("ID-mapped mounts"),
 * for types that it lists. Overlayfs may have idmapped layers since 5.19 but cannot be idmapped itself (tried on 6.18: EINVAL), FUSE only if its server asks.
 */
const FILESYSTEMS: ReadonlyMap<number, { readonly name: string; readonly idmapSince?: string }> =
  new Map([
    [0xef53, { name: "ext4", idmapSince: "5.12" }],
    [0x58465342, { name: "xfs", idmapSince: "5.12" }],
    [0x4d44, { name: "vfat", idmapSince: "5.12" }],
    [0x9123683e, { name: "btrfs", idmapSince: "5.15" }],
    [0x7366746e, { name: "ntfs3", idmapSince: "5.15" }],
    [0xf2f52010, { name: "f2fs", idmapSince: "5.18" }],
    [0xe0f5e1e2, { name: "erofs", idmapSince: "5.19" }],
    [0x73717368, { name: "squashfs", idmapSince: "6.2" }],
    [0x01021994, { name: "tmpfs", idmapSince: "6.3" }],
    [0x00c36400, { name: "ceph", idmapSince: "6.7" }],
    [0x958458f6, { name: "hugetlbfs", idmapSince: "6.9" }],
    [0x794c7630, { name: "overlay" }],
    [0x65735546, { name: "fuse" }],
    [0x6969, { name: "nfs" }],
    [0x01021997, { name: "9p" }],
    [0xff534d42, { name: "cifs" }],
    [0x2fc12fc1, { name: "zfs" }],
    [0xca451a4e, { name: "bcachefs" }],
    [0x858458f6, { name: "ramfs" }],
    [0x9660, { name: "iso9660" }],
    [0x2011bab0, { name: "exfat" }],
  ]);

/** Name and idmap support of a filesystem type on a kernel. */
export function filesystemOf(
  magic: number,
  kernelRelease: string,
): { readonly name: string; readonly idmapSupported: boolean } {
  // statfsSync gives a signed number where f_type has its highest bit set.
  const known = FILESYSTEMS.get(magic >>> 0);
  if (known === undefined)
    return { name: `unknown (0x${(magic >>> 0).toString(16)})`, idmapSupported: false };
  const { name, idmapSince } = known;
  return {
    name,
    idmapSupported: idmapSince !== undefined && isAtLeast(kernelRelease, idmapSince),
  };
}

/** Compare the first two numbers of a kernel release with `major.minor`. */
export function isAtLeast(kernelRelease: string, version: string): boolean {
  const [major = 0, minor = 0] = kernelRelease.split(/[.-]/, 2).map(Number);
  const [wantMajor = 0, wantMinor = 0] = version.split(".").map(Number);
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}

/**
 * Facts of a root directory; `probe` names paths in it (absolute, as seen from inside) whose presence the caller wants to know.
 * @throws UserError when the directory cannot be read.
 */
export function rootfsFacts(
  path: string,
  kernelRelease: string,
  probe: readonly string[] = [],
): RootfsFacts {
  try {
    const stat = statSync(path);
    sawStat(path, stat);
    const { uid, gid } = stat;
    const { type } = statfsSync(path);
    sawFsType(path, type);
    const { name, idmapSupported } = filesystemOf(type, kernelRelease);
    return {
      fsType: name,
      uid,
      gid,
      idmapSupported,
      writable: isWritable(path),
      present: probe.filter((inside) => isPlainDirectory(path, inside)),
    };
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new UserError(`cannot look at the root filesystem "${path}"`, {
      where: "config.json /root/path",
      cause: error,
    });
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    sawWritable(path, true);
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    sawWritable(path, false); // EACCES, EROFS
    return false;
  }
}

/** Component by component with lstat, so that a link in the image never leads this question out of the root. */
function isPlainDirectory(root: string, inside: string): boolean {
  let path = root;
  for (const part of inside.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") return false;
    path = join(path, part);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    sawType(path, stat?.mode);
    if (stat === undefined || !stat.isDirectory()) return false;
  }
  return true;
}

/** Before a policy is loaded everything is labelled "kernel", and another module's label has no colons (go-selinux looks at the same). */
function hasSelinuxLabel(): boolean {
  return (readText("/proc/self/attr/current") ?? "").includes(":");
}
