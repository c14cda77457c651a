import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../base/error.ts";
import type { IdMapping, NamespaceType } from "../../oci/runtime-config.ts";
import type { IdMapLine, IdRange } from "../../sys/host.ts";
import { ANNOTATION_ROOTFS_IDMAP } from "../annotations.ts";
import { cleanPath } from "./mounts.ts";
import { HOST_PATH, isRootless, linuxOf, namespaceOf, type Work, type WorkMount } from "./work.ts";

/** systemd's range for containers (systemd.io/UIDS-GIDS): 524288 to 1879048191, handed out in pieces of 65,536. */
const CONTAINER_UIDS = { first: 0x80000, last: 0x6fffffff };
const PIECE = 0x10000;

interface IdMaps {
  readonly uid: readonly IdMapping[];
  readonly gid: readonly IdMapping[];
  readonly why: string;
  readonly idmapRoot?: boolean;
}

/**
 * Give the container ids of its own. A config that has a user namespace keeps it.
 * @throws UserError when the process would run as an id that the new namespace does not have.
 */
export function hardenUserNamespace(work: Work): void {
  const { config, policy, facts } = work;
  if (namespaceOf(config, "user") !== "host" && !isHostRoot(work)) return;
  // Without one an ordinary user can make no container at all, so that `keep` is no choice.
  if (!isRootless(facts) && policy.userNamespace.mode === "keep") return;
  // A namespace belongs to the user namespace that it was made in: from a new one neither proc nor mqueue could be mounted for it.
  const joined = (["pid", "ipc", "mount"] as const).filter(
    (type) => namespaceOf(config, type) === "joined",
  );
  if (joined.length > 0 && !isRootless(facts)) {
    work.notes.push(
      `no user namespace was added: the ${joined.join(" and ")} namespace that the config joins was made outside of it`,
    );
    return;
  }
  const maps = isRootless(facts)
    ? rootlessMaps(work)
    : facts.inUserNamespace
      ? nestedMaps(work)
      : rootMaps(work);
  checkIds(work, maps);
  applyMaps(work, maps);
  dropUnmappedGroups(work, maps);
  replaceForeignMounts(work);
  dropUnmappedOptions(work, maps);
}

/**
 * A user namespace in name only: the machine's own, or one in which the process is the host's root though the root filesystem
 * could be mounted for other ids.
 */
function isHostRoot(work: Work): boolean {
  const { config, facts, policy } = work;
  if (isRootless(facts) || facts.inUserNamespace || policy.userNamespace.mode === "keep")
    return false;
  const path = config.linux?.namespaces?.find(({ type }) => type === "user")?.path ?? "";
  if (path !== "") return HOST_PATH.test(path);
  const coversRoot = config.linux?.uidMappings?.some(
    ({ hostID, size }) => hostID === 0 && size > 0,
  );
  return coversRoot === true && facts.rootfs.idmapSupported;
}

function rootMaps(work: Work): IdMaps {
  const { userNamespace, name } = work.policy;
  const { rootfs, key } = work.facts;
  const { size } = userNamespace;
  const range = (hostID: number): IdMapping[] => [{ containerID: 0, hostID, size }];
  const why = "root in the container must be nobody on the host";
  // Files that were given to a range of the container's before (as systemd-nspawn -U does): that range is the container's.
  const { first, last } = CONTAINER_UIDS;
  const isShifted =
    rootfs.uid === rootfs.gid &&
    rootfs.uid >= first &&
    rootfs.uid + size - 1 <= last &&
    rootfs.uid % PIECE === 0;
  if (isShifted) return { uid: range(rootfs.uid), gid: range(rootfs.uid), why };
  const base = userNamespace.base ?? baseFor(key, size);
  if (base + size - 1 > 0xffff_fffe)
    throw new UserError(`profile ${name} asks for host ids beyond 32 bits`, {
      hint: "make userNamespace.base or userNamespace.size smaller",
    });
  if (rootfs.idmapSupported) return { uid: range(base), gid: range(base), why, idmapRoot: true };
  work.notes.push(
    "weaker: root in the container has the host's uid 0 (without its rights over the host): the root filesystem's type cannot be mounted with mapped ids, and its files belong to others than the container's range",
  );
  return { uid: range(0), gid: range(0), why: "capabilities must count in the container alone" };
}

/** The same range for the same container at each start; another one for another, but for chance (1 in 28,664). */
export function baseFor(key: string, size: number): number {
  const { first, last } = CONTAINER_UIDS;
  const pieces = Math.ceil(size / PIECE);
  const count = Math.floor((last + 1 - first) / PIECE / pieces);
  if (count < 1) return first;
  return first + (fnv1a(key) % count) * pieces * PIECE;
}

/** 32-bit FNV-1a (draft-eastlake-fnv) with murmur3's final mix: spreads names over the range; no secret depends on it. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Root of a user namespace can hand on only the ids that it has itself. */
function nestedMaps(work: Work): IdMaps {
  const { size } = work.policy.userNamespace;
  const identity = (map: readonly IdMapLine[] | undefined): IdMapping[] => [
    { containerID: 0, hostID: 0, size: Math.min(size, contiguousIds(map)) },
  ];
  return {
    uid: identity(work.facts.uidMap),
    gid: identity(work.facts.gidMap),
    why: "capabilities must count in the container alone",
  };
}

/** How many ids from 0 on a map holds without a gap; 1 when the map is not known. */
function contiguousIds(map: readonly IdMapLine[] | undefined): number {
  let next = 0;
  for (const { inside, size } of [...(map ?? [])].sort((a, b) => a.inside - b.inside))
    if (inside === next) next += size;
  return Math.max(1, next);
}

function rootlessMaps(work: Work): IdMaps {
  const { facts, policy } = work;
  const single = facts.subuid.length === 0 || facts.subgid.length === 0;
  // One kind alone helps nobody: programs change both.
  const ranges = (own: number, sub: readonly IdRange[]): IdMapping[] => [
    { containerID: 0, hostID: own, size: 1 },
    ...(single ? [] : fill(sub, policy.userNamespace.size - 1)),
  ];
  if (single)
    work.notes.push(
      "only one user and group id: no range in /etc/subuid and /etc/subgid, or no newuidmap; programs that change their user or groups (su, apt, nginx) will fail",
    );
  if (facts.rootfs.uid !== facts.euid && !isMappedRange(facts.subuid, facts.rootfs.uid))
    work.notes.push(
      `the root filesystem belongs to uid ${facts.rootfs.uid}, which is not one of yours: its files show as nobody's, and what only their owner may read cannot be read`,
    );
  return {
    uid: ranges(facts.euid, facts.subuid),
    gid: ranges(facts.egid, facts.subgid),
    why: "an ordinary user has the rights to make a container only in a user namespace",
  };
}

function fill(ranges: readonly IdRange[], wanted: number): IdMapping[] {
  const maps: IdMapping[] = [];
  let next = 1;
  // 340 lines is the kernel's limit (user_namespaces(7)); one is taken.
  for (const { start, count } of ranges.slice(0, 339)) {
    const size = Math.min(count, wanted - (next - 1));
    if (size <= 0) break;
    maps.push({ containerID: next, hostID: start, size });
    next += size;
  }
  return maps;
}

function isMappedRange(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some(({ start, count }) => id >= start && id < start + count);
}

function isMapped(maps: readonly IdMapping[], id: number): boolean {
  return maps.some(({ containerID, size }) => id >= containerID && id < containerID + size);
}

function checkIds(work: Work, maps: IdMaps): void {
  const user = work.config.process?.user;
  const groups = isRootless(work.facts) ? [] : (user?.additionalGids ?? []);
  const wrong = [
    { at: "uid", id: user?.uid ?? 0, map: maps.uid },
    { at: "gid", id: user?.gid ?? 0, map: maps.gid },
  ]
    .concat(groups.map((id, i) => ({ at: `additionalGids/${i}`, id, map: maps.gid })))
    .find(({ id, map }) => !isMapped(map, id));
  if (wrong === undefined) return;
  const total = wrong.map.reduce((sum, { size }) => sum + size, 0);
  const kind = wrong.at === "uid" ? "user" : "group";
  throw new UserError(`the process wants ${kind} id ${wrong.id}, the container has ${total}`, {
    where: `config.json /process/user/${wrong.at}`,
    cause: new Error(
      `profile ${work.policy.name} gives it a user namespace with the ids 0 to ${total - 1}`,
    ),
    hint: isRootless(work.facts)
      ? "have root give you more ids in /etc/subuid and /etc/subgid (usermod --add-subuids, --add-subgids) and install newuidmap (package uidmap), or run as root"
      : `write a policy with "extends: ${work.policy.name}" and "userNamespace: { size: ${wrong.id + 1} }", or use --profile compat`,
  });
}

function applyMaps(work: Work, maps: IdMaps): void {
  const linux = linuxOf(work);
  const add = (pointer: string, before: unknown, after: unknown): void => {
    if (isDeepStrictEqual(before, after)) return;
    work.changes.push({ pointer, before, after, why: maps.why, rule: "root-on-host" });
  };
  const list = linux.namespaces ?? [];
  const index = list.findIndex(({ type }) => type === "user");
  add(`/linux/namespaces/${index === -1 ? list.length : index}`, list[index], { type: "user" });
  linux.namespaces = [...list.filter((_, i) => i !== index), { type: "user" }];
  add("/linux/uidMappings", linux.uidMappings, maps.uid);
  linux.uidMappings = maps.uid.map((map) => ({ ...map }));
  add("/linux/gidMappings", linux.gidMappings, maps.gid);
  linux.gidMappings = maps.gid.map((map) => ({ ...map }));

  const old = work.config.annotations?.[ANNOTATION_ROOTFS_IDMAP];
  const wanted = maps.idmapRoot === true ? "true" : undefined;
  if (old === wanted || (old !== "true" && wanted === undefined)) return;
  work.changes.push({
    pointer: `/annotations/${ANNOTATION_ROOTFS_IDMAP}`,
    before: old,
    after: wanted,
    why:
      wanted === undefined
        ? "this root filesystem cannot be mounted with mapped ids"
        : "files keep the owners they have on disk, seen through the container's ids",
    rule: "root-on-host",
  });
  const { [ANNOTATION_ROOTFS_IDMAP]: _old, ...others } = work.config.annotations ?? {};
  work.config.annotations =
    wanted === undefined ? others : { ...others, [ANNOTATION_ROOTFS_IDMAP]: wanted };
}

/** setgroups(2) can be given mapped groups only; of an ordinary user's, the config cannot know which those are. */
function dropUnmappedGroups(work: Work, maps: IdMaps): void {
  const user = work.config.process?.user;
  const before = user?.additionalGids;
  if (user === undefined || before === undefined) return;
  const after = before.filter((gid) => isMapped(maps.gid, gid));
  if (after.length === before.length) return;
  work.changes.push({
    pointer: "/process/user/additionalGids",
    before,
    after,
    why: "groups that the user namespace does not have cannot be set",
    rule: "root-on-host",
  });
  user.additionalGids = after;
}

/**
 * File systems that the kernel lets only the owner of a namespace mount: sysfs asks for the network namespace, proc for the pid one,
 * mqueue for the ipc one (sysfs_init_fs_context, proc_init_fs_context, mqueue_init_fs_context). With the host's or a joined one, the
 * host's tree is shown instead, as `runc spec --rootless` does, or nothing.
 */
const OWNED_BY: Readonly<Record<string, NamespaceType>> = {
  sysfs: "network",
  proc: "pid",
  mqueue: "ipc",
};

function replaceForeignMounts(work: Work): void {
  work.mounts = work.mounts.filter((item) => {
    const { mount, origin } = item;
    const type = mount.type ?? "";
    const owner = Object.hasOwn(OWNED_BY, type) ? OWNED_BY[type] : undefined;
    const isForeign = owner !== undefined && !isOwn(work, owner);
    const noGroup =
      (type === "cgroup" || type === "cgroup2") &&
      isRootless(work.facts) &&
      !work.facts.cgroupsUsable;
    if (!isForeign && !noGroup) return true;
    const before = structuredClone(mount);
    // Elsewhere than in its usual place the host's tree would be one mount more that shows the host.
    const to = cleanPath(mount.destination);
    const stays = (type === "sysfs" && to === "/sys") || (type === "proc" && to === "/proc");
    if (stays) item.mount = hostTree(item, type);
    work.changes.push({
      pointer: `/mounts/${origin ?? 0}`,
      before,
      after: stays ? item.mount : undefined,
      why: noGroup
        ? "without a control group of its own there is none to show"
        : `${type} cannot be mounted from a user namespace that does not own the ${owner} namespace`,
      rule: "root-on-host",
    });
    return stays;
  });
}

/** proc of a joined pid namespace has no tree on the host that could stand in: it is left to the kernel to refuse. */
function isOwn(work: Work, type: NamespaceType): boolean {
  const kind = namespaceOf(work.config, type);
  return kind === "new" || (kind === "joined" && type === "pid");
}

function hostTree({ mount }: WorkMount, type: "sysfs" | "proc"): WorkMount["mount"] {
  // Recursive, for the kernel refuses to uncover what is mounted beneath (mount_namespaces(7), locked mounts).
  const options = ["rbind", "nosuid", "nodev", "noexec"];
  const path = type === "sysfs" ? "/sys" : "/proc";
  if (type === "sysfs") options.push("ro", "rro");
  return { destination: mount.destination, type: "bind", source: path, options };
}

/** devpts and tmpfs refuse owners that the user namespace does not have (EINVAL). */
function dropUnmappedOptions(work: Work, maps: IdMaps): void {
  for (const { mount, origin } of work.mounts) {
    if (mount.type !== "devpts" && mount.type !== "tmpfs") continue;
    const before = mount.options ?? [];
    const after = before.filter((option) => {
      const match = /^(uid|gid)=(\d+)$/.exec(option);
      return match === null || isMapped(match[1] === "uid" ? maps.uid : maps.gid, Number(match[2]));
    });
    if (after.length === before.length) continue;
    work.changes.push({
      pointer: `/mounts/${origin ?? 0}/options`,
      before,
      after,
      why: "the user namespace does not have that owner",
      rule: "root-on-host",
    });
    mount.options = after;
  }
}
