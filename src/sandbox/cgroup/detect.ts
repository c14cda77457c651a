/**
 * What this machine's control groups are: which hierarchies exist, where they are mounted, what we may do there.
 * The parsers are pure; `readCgroupFacts` is the only function that looks at the machine. cgroups(7), cgroup-v1 and cgroup-v2 of the kernel's admin-guide.
 */
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { isErrno } from "../../base/error.ts";
import {
  sawCgroupMounts,
  sawControllers,
  sawNames,
  sawText,
  sawWritable,
} from "../../base/look.ts";
import type { Linux } from "../../oci/runtime-config.ts";

/** One mounted cgroup v1 hierarchy. */
export interface CgroupHierarchy {
  /** Kernel names ("cpu", "cpuacct"), or the one name of a hierarchy without controllers ("name=systemd"). */
  readonly controllers: readonly string[];
  readonly mountpoint: string;
  /** The group that is visible at `mountpoint`: "/" but for bind mounts (field 4 of /proc/self/mountinfo). */
  readonly root: string;
  /** The group that tguard itself is in, as /proc/self/cgroup tells it. */
  readonly own: string;
  /** Whether groups can be made directly below `mountpoint`. */
  readonly writable: boolean;
}

/** The cgroup v2 hierarchy. */
export interface UnifiedHierarchy {
  readonly mountpoint: string;
  readonly root: string;
  readonly own: string;
  readonly writable: boolean;
  /** `cgroup.controllers` of the mount point (of `delegated` when that is there): what groups below it can have. */
  readonly controllers: readonly string[];
  /** `cgroup.subtree_control` of the same directory: what its children have already. */
  readonly enabled: readonly string[];
  /** A group (as a path below `mountpoint`) in which an unprivileged caller may make groups; absent when there is none. */
  readonly delegated?: string;
}

/** A directory of the v1 cpuset hierarchy and its own `cpuset.cpus` and `cpuset.mems` ("" when nobody has set them yet). */
export interface CpusetDirectory {
  readonly path: string;
  readonly cpus: string;
  readonly mems: string;
}

/** All that planning control groups needs to know of the machine. */
export interface CgroupFacts {
  /** `v2`: unified only. `hybrid`: v1 controllers and a mounted v2 hierarchy beside them. `none`: nothing is mounted. */
  readonly mode: "v1" | "v2" | "hybrid" | "none";
  readonly v1: readonly CgroupHierarchy[];
  readonly unified?: UnifiedHierarchy;
  /** Controllers that the kernel has and the command line did not disable (/proc/cgroups). */
  readonly kernel: readonly string[];
  /** The v1 cpuset directories from the mount point down towards the container's group, as far as they exist. */
  readonly cpuset: readonly CpusetDirectory[];
  /** Huge page sizes as the control files spell them ("2MB", "1GB"). */
  readonly hugepageSizes: readonly string[];
  /** Whether the BFQ scheduler registered its weight files, and whether io.weight (iocost) exists. */
  readonly io: { readonly bfq: boolean; readonly cost: boolean };
}

/** A cgroup line of mountinfo. */
export interface CgroupMount {
  readonly type: "cgroup" | "cgroup2";
  readonly root: string;
  readonly mountpoint: string;
  /** Super block options; for v1 they hold the controllers' names. */
  readonly options: readonly string[];
}

/** The parent of containers whose `linux.cgroupsPath` is relative or absent, below each hierarchy's mount point. */
export const DEFAULT_PARENT = "/tguard";

/** The cgroup lines of /proc/self/mountinfo (proc_pid_mountinfo(5)), in mount order. */
export function parseCgroupMounts(text: string): readonly CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of text.split("\n")) {
    const separator = line.indexOf(" - ");
    if (separator === -1) continue;
    const [, , , root, mountpoint] = line.slice(0, separator).split(" ");
    const [type, , options] = line.slice(separator + 3).split(" ");
    if ((type !== "cgroup" && type !== "cgroup2") || root === undefined || mountpoint === undefined)
      continue;
    mounts.push({
      type,
      root: unescapeOctal(root),
      mountpoint: unescapeOctal(mountpoint),
      options: (options ?? "").split(","),
    });
  }
  return mounts;
}

/** /proc/self/cgroup: controller, "name=…", or "" for v2 → the group we are in. */
export function parseOwnGroups(text: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^(\d+):([^:]*):(.*)$/.exec(line);
    if (match === null) continue;
    const path = match[3] ?? "/";
    const names = match[2] ?? "";
    for (const name of names.split(",")) groups.set(name, path);
  }
  return groups;
}

/** /proc/cgroups: names of the controllers that are enabled, attached to a v1 hierarchy or not. */
export function parseKernelControllers(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split("\t"))
    .filter(([name, , , enabled]) => name !== "" && enabled === "1")
    .map(([name]) => name ?? "");
}

/** Where the mounts and memberships put us, without looking at the mounted directories. */
export function placeHierarchies(
  mounts: readonly CgroupMount[],
  own: ReadonlyMap<string, string>,
): {
  readonly v1: readonly Omit<CgroupHierarchy, "writable">[];
  readonly unified?: Pick<UnifiedHierarchy, "mountpoint" | "root" | "own">;
} {
  const v1 = new Map<string, Omit<CgroupHierarchy, "writable">>();
  let unified: Pick<UnifiedHierarchy, "mountpoint" | "root" | "own"> | undefined;
  for (const { type, root, mountpoint, options } of mounts) {
    if (type === "cgroup2") {
      const group = own.get("") ?? "/";
      const place = { mountpoint, root, own: group };
      if (unified === undefined || isBetterView(place, unified)) unified = place;
      continue;
    }
    // Only names that /proc/self/cgroup knows are controllers: the options hold "rw", "xattr", "clone_children" too.
    const controllers = options.filter((option) => own.has(option));
    const [first] = controllers;
    if (first === undefined) continue;
    const key = controllers.join(",");
    const place = { controllers, mountpoint, root, own: own.get(first) ?? "/" };
    const known = v1.get(key);
    if (known === undefined || isBetterView(place, known)) v1.set(key, place);
  }
  const hierarchies = [...v1.values()];
  // A lone name=systemd mount beside v2 is a left-over of container managers, not a v1 machine.
  const hasControllers = hierarchies.some(({ controllers }) =>
    controllers.some((name) => !name.startsWith("name=")),
  );
  return {
    v1: hasControllers || unified === undefined ? hierarchies : [],
    ...(unified === undefined ? {} : { unified }),
  };
}

/**
 * The host's control groups, read once. `linux` (of config.json) limits the reading to what its resources need.
 * @throws when /proc is not mounted.
 */
export function readCgroupFacts(linux: Linux = {}): CgroupFacts {
  const mounts = parseCgroupMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  sawCgroupMounts(mounts);
  const own = readFileSync("/proc/self/cgroup", "utf8");
  sawText("/proc/self/cgroup", own);
  const { v1, unified } = placeHierarchies(mounts, parseOwnGroups(own));
  // Its other columns count what comes and goes.
  const kernel = parseKernelControllers(textOf("/proc/cgroups") ?? "");
  sawControllers(kernel);
  const hierarchies = v1.map((place) => ({ ...place, writable: isWritable(place.mountpoint) }));
  const { blockIO, hugepageLimits } = linux.resources ?? {};
  const needsWeights = blockIO?.weight !== undefined || blockIO?.weightDevice !== undefined;
  const cpuset = hierarchies.find(({ controllers }) => controllers.includes("cpuset"));
  const hasV1 = hierarchies.length > 0;
  return {
    mode: hasV1 ? (unified ? "hybrid" : "v1") : unified ? "v2" : "none",
    v1: hierarchies,
    ...(unified === undefined ? {} : { unified: readUnified(unified) }),
    kernel,
    cpuset: cpuset === undefined ? [] : readCpusets(cpuset.mountpoint, linux.cgroupsPath),
    hugepageSizes: (hugepageLimits ?? []).length > 0 ? readHugepageSizes() : [],
    io: needsWeights ? readIo(hierarchies, unified?.mountpoint) : { bfq: false, cost: false },
  };
}

/** Whether a mount shows our own group where another does not; the kernel lists the first mount first. */
function isBetterView(
  candidate: { readonly root: string; readonly own: string },
  known: { readonly root: string; readonly own: string },
): boolean {
  const shows = (view: { readonly root: string; readonly own: string }): boolean =>
    view.root === "/" || view.own === view.root || view.own.startsWith(`${view.root}/`);
  if (shows(candidate) !== shows(known)) return shows(candidate);
  return candidate.root.length < known.root.length;
}

function readUnified(
  place: Pick<UnifiedHierarchy, "mountpoint" | "root" | "own">,
): UnifiedHierarchy {
  const { mountpoint } = place;
  const writable = isWritable(mountpoint);
  const delegated = writable ? undefined : findDelegated(place);
  const base = `${mountpoint}${delegated ?? ""}`;
  return {
    ...place,
    writable,
    controllers: words(readOptional(`${base}/cgroup.controllers`)),
    enabled: words(readOptional(`${base}/cgroup.subtree_control`)),
    ...(delegated === undefined ? {} : { delegated }),
  };
}

/**
 * The parent of our own group when we own it: our own group has processes, so by the no-internal-process rule it can
 * hand no controllers down, and moving a process needs write access to the common ancestor (cgroup-v2.rst, Delegation).
 */
function findDelegated(
  place: Pick<UnifiedHierarchy, "mountpoint" | "root" | "own">,
): string | undefined {
  const own = posix.relative(place.root, place.own);
  if (own === "" || own.startsWith("..")) return undefined;
  const parent = dirname(`/${own}`);
  if (parent === "/") return undefined;
  const directory = `${place.mountpoint}${parent}`;
  const needed = [directory, `${directory}/cgroup.procs`, `${directory}/cgroup.subtree_control`];
  return needed.every(isWritable) ? parent : undefined;
}

/** The chain of existing directories from the mount point to the parent of the container's group. */
function readCpusets(mountpoint: string, cgroupsPath: string | undefined): CpusetDirectory[] {
  const parent = cgroupsPath?.startsWith("/") ? dirname(posix.normalize(cgroupsPath)) : undefined;
  const below =
    parent ?? dirname(posix.join(DEFAULT_PARENT, cgroupsPath === undefined ? "id" : cgroupsPath));
  const chain: CpusetDirectory[] = [];
  let path = mountpoint;
  for (const component of ["", ...below.split("/").filter((part) => part !== "")]) {
    if (component === "..") break;
    if (component !== "") path = `${path}/${component}`;
    const cpus = readOptional(`${path}/cpuset.cpus`, undefined);
    if (cpus === undefined) break;
    chain.push({
      path,
      cpus: cpus.trim(),
      mems: readOptional(`${path}/cpuset.mems`).trim(),
    });
  }
  return chain;
}

/** hugepages-2048kB → "2MB": the kernel names its files by the largest unit that divides (mm/hugetlb_cgroup.c, mem_fmt). */
export function hugepageName(directory: string): string | undefined {
  const match = /^hugepages-(\d+)kB$/.exec(directory);
  if (match === null) return undefined;
  const kib = Number(match[1]);
  if (kib >= 1 << 20) return `${kib >> 20}GB`;
  return kib >= 1 << 10 ? `${kib >> 10}MB` : `${kib}KB`;
}

function readHugepageSizes(): readonly string[] {
  return listDirectory("/sys/kernel/mm/hugepages")
    .map(hugepageName)
    .filter((name) => name !== undefined);
}

/** Weight files are not on the root group, so their owners are looked up: BFQ's other files (v1), the list of schedulers, and io.cost.qos (root only). */
function readIo(
  v1: readonly CgroupHierarchy[],
  unified: string | undefined,
): { readonly bfq: boolean; readonly cost: boolean } {
  const blkio = v1.find(({ controllers }) => controllers.includes("blkio"));
  const bfq =
    (blkio !== undefined &&
      readOptional(`${blkio.mountpoint}/blkio.bfq.io_serviced`, undefined) !== undefined) ||
    listDirectory("/sys/block").some((disk) =>
      /\bbfq\b/.test(readOptional(`/sys/block/${disk}/queue/scheduler`)),
    );
  const cost =
    unified !== undefined && readOptional(`${unified}/io.cost.qos`, undefined) !== undefined;
  return { bfq, cost };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    sawWritable(path, true);
    return true;
  } catch (error) {
    if (!isErrno(error) || !["EACCES", "EPERM", "EROFS", "ENOENT"].includes(error.code ?? ""))
      throw error;
    sawWritable(path, false);
    return false;
  }
}

function readOptional(path: string): string;
function readOptional(path: string, missing: undefined): string | undefined;
function readOptional(path: string, ...missing: [undefined?]): string | undefined {
  const text = textOf(path);
  sawText(path, text);
  return text ?? (missing.length === 0 ? "" : undefined);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (
      isErrno(error) &&
      ["ENOENT", "EACCES", "ENOTDIR", "EINVAL", "EOPNOTSUPP"].includes(error.code ?? "")
    )
      return undefined;
    throw error;
  }
}

function listDirectory(path: string): readonly string[] {
  try {
    const names = readdirSync(path);
    sawNames(path, names);
    return names;
  } catch (error) {
    if (!isErrno(error) || (error.code !== "ENOENT" && error.code !== "EACCES")) throw error;
    sawNames(path, undefined);
    return [];
  }
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/** mountinfo writes space, tab, newline and backslash as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
