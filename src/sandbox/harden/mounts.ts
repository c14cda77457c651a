import { posix } from "node:path";
import { UserError } from "../../base/error.ts";
import type { Mount } from "../../oci/runtime-config.ts";
import { isBind } from "../bind.ts";
import type { WritablePath } from "../policy-model.ts";
import { linuxOf, type Work, type WorkMount } from "./work.ts";

/** Refuse mounts that hand over the host. @throws UserError for the first of them. */
export function refuseMounts(work: Work): void {
  const { refuse, allow, readonly } = work.policy.mounts;
  for (const { mount, origin } of work.mounts) {
    for (const { path, isInBundle } of hostPaths(mount, work)) {
      if (isOwnSysfs(mount, path)) continue;
      const pattern = refuse.find((p) => (!isInBundle || p.startsWith("/**")) && matches(p, path));
      if (pattern === undefined || [...allow, ...readonly].some((p) => matches(p, path))) continue;
      const { name } = work.policy;
      throw new UserError(`profile ${name} refuses to show the container the host's ${path}`, {
        where: `config.json /mounts/${origin ?? 0}, on ${JSON.stringify(mount.destination)}`,
        cause: new Error(
          `whoever holds it can reach the host ("${pattern}" in the profile's mounts.refuse)`,
        ),
        hint: "remove the mount, or use --profile compat",
      });
    }
  }
}

/** Tighten what every mount allows, make the root read-only, and give a tmpfs where programs need to write. */
export function hardenMounts(work: Work): void {
  for (const item of work.mounts) {
    addOptions(work, item);
    cutPropagation(work, item);
  }
  cutRootPropagation(work);
  closeRoot(work);
}

/** Absolute and clean, with the links resolved that every distribution has (Debian policy 9.1.4). */
export function cleanPath(path: string): string {
  const absolute = path.startsWith("/") ? path : `/${path}`;
  // Asked for each mount of each start: nearly all are clean as they are written.
  const isClean = !/\/(?:$|\/|\.)/.test(absolute);
  const clean = isClean ? absolute : posix.normalize(absolute).replace(/(.)\/$/, "$1");
  if (!clean.startsWith("/var/")) return clean;
  return clean.replace(/^\/var\/run(?=\/|$)/, "/run").replace(/^\/var\/lock(?=\/|$)/, "/run/lock");
}

interface HostPath {
  readonly path: string;
  readonly isInBundle: boolean;
}

/** What a bind mount shows: the source as it is written, and where its links lead. */
function hostPaths(mount: Mount, work: Work): readonly HostPath[] {
  const { source } = mount;
  if (!isBind(mount) || source === undefined) return [];
  const { bundleDir, sources } = work.facts;
  const dir = bundleDir === undefined ? undefined : cleanPath(bundleDir);
  const written = source.startsWith("/") ? source : posix.join(dir ?? "/bundle", source);
  const paths = new Set([cleanPath(written), cleanPath(sources?.get(source) ?? written)]);
  return [...paths].map((path) => ({
    path,
    isInBundle: dir !== undefined && dir !== "/" && path.startsWith(`${dir}/`),
  }));
}

/** The read-only view of the host's /sys that stands in for a sysfs which may not be mounted (see userns.ts; engines write the same). */
function isOwnSysfs(mount: Mount, shown: string): boolean {
  const to = cleanPath(mount.destination);
  const isSysTree = shown === "/sys" || shown === "/sys/fs/cgroup";
  return isSysTree && to === shown && isEffective(mount.options ?? [], "ro");
}

/** Does a pattern of the policy mean this path? */
export function matches(pattern: string, path: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === path;
  // Nearly all patterns end here: making regular expressions of a hundred of them would take longer than all the rest of harden.
  const before = pattern.slice(0, star).replace(/\/$/, "");
  const after = pattern.slice(pattern.lastIndexOf("*") + 1);
  if (!path.startsWith(before) || !path.endsWith(after)) return false;
  const expression = pattern
    .split(/(\/\*\*(?=\/|$)|\*)/)
    .map((part) =>
      part === "/**"
        ? "(?:/.*)?"
        : part === "*"
          ? "[^/]*"
          : part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${expression}$`, "s").test(path);
}

const OPPOSITE: Readonly<Record<string, string>> = {
  ro: "rw",
  rro: "rw",
  nosuid: "suid",
  nodev: "dev",
  noexec: "exec",
  nosymfollow: "symfollow",
};

const NO_PLACE_FOR: Readonly<Record<string, string>> = {
  ro: "writing",
  rro: "writing",
  nosuid: "setuid programs",
  nodev: "devices",
  noexec: "programs",
  nosymfollow: "links",
};

/** The option is there, and nothing takes it back: recursive options are carried out after the others, wherever they stand. */
function isEffective(options: readonly string[], option: string): boolean {
  return options.some((o) => gives(option).includes(o)) && !options.some((o) => takes(option, o));
}

function gives(option: string): readonly string[] {
  return option === "rro" ? ["rro"] : [option, `r${option}`];
}

function takes(option: string, other: string): boolean {
  const opposite = OPPOSITE[option] ?? "";
  return other === opposite || other === `r${opposite}`;
}

function addOptions(work: Work, item: WorkMount): void {
  const { mount, origin } = item;
  const to = cleanPath(mount.destination);
  const table = work.policy.mounts.options;
  const type = isBind(mount) ? "bind" : (mount.type ?? "");
  // /dev is filled after it is mounted, and its nodes must work: it gets what its own entry says.
  const wanted = [
    ...(ownEntry(table, type) ?? []).filter((o) => to !== "/dev" || o === "nosuid"),
    ...(ownEntry(table, to) ?? []),
    ...(isShownReadonly(work, mount) ? ["ro"] : []),
  ];
  const before = mount.options ?? [];
  let after: readonly string[] = before;
  const reasons = new Set<string>();
  for (const option of wanted) {
    if (isEffective(after, option) || isExempt(mount, to, option)) continue;
    after = after.filter((o) => !takes(option, o));
    if (!after.some((o) => gives(option).includes(o))) after = [...after, option];
    reasons.add(NO_PLACE_FOR[option] ?? option);
  }
  if (reasons.size === 0) return;
  work.changes.push({
    pointer: `/mounts/${origin ?? 0}/options`,
    before: mount.options,
    after,
    why: `${JSON.stringify(mount.destination)} is no place for ${[...reasons].join(", ")}`,
    rule: "R15",
  });
  mount.options = [...after];
}

function isShownReadonly(work: Work, mount: Mount): boolean {
  const patterns = work.policy.mounts.readonly;
  return hostPaths(mount, work).some(
    ({ path, isInBundle }) => !isInBundle && patterns.some((p) => matches(p, path)),
  );
}

function ownEntry<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isExempt(mount: Mount, to: string, option: string): boolean {
  const options = mount.options ?? [];
  // Said outright: the workload runs programs from there.
  if (option === "noexec") return options.includes("exec");
  // A device of the host's, where devices are: the device rules govern it.
  return (
    option === "nodev" &&
    isBind(mount) &&
    (mount.source ?? "").startsWith("/dev/") &&
    to.startsWith("/dev/") &&
    to !== "/dev/shm"
  );
}

function cutPropagation(work: Work, { mount, origin }: WorkMount): void {
  const before = mount.options ?? [];
  const after = before.map((option) => calmer(option, work.policy.mounts.propagation));
  if (after.every((option, i) => option === before[i])) return;
  work.changes.push({
    pointer: `/mounts/${origin ?? 0}/options`,
    before,
    after,
    why: "what the container mounts there must not appear on the host",
    rule: "R15",
  });
  mount.options = after;
}

function cutRootPropagation(work: Work): void {
  const before = work.config.linux?.rootfsPropagation;
  if (before === undefined) return;
  const after = calmer(before, work.policy.mounts.propagation);
  if (after === before) return;
  work.changes.push({
    pointer: "/linux/rootfsPropagation",
    before,
    after,
    why: "what the container mounts must not appear on the host",
    rule: "R15",
  });
  linuxOf(work).rootfsPropagation = after;
}

function calmer(option: string, limit: "keep" | "slave" | "private"): string {
  const match = limit === "keep" ? null : /^(r?)(shared|slave)$/.exec(option);
  if (match === null || match[2] === limit) return option;
  return `${match[1]}${limit}`;
}

function closeRoot(work: Work): void {
  const { root } = work.config;
  // A root that is read-only already was planned that way: nothing writable is added to it.
  if (!work.policy.rootReadonly || root === undefined || root.readonly === true) return;
  work.changes.push({
    pointer: "/root/readonly",
    before: root.readonly,
    after: true,
    why: "what runs in the container must not change the programs it is made of",
    rule: "writable-root",
  });
  root.readonly = true;
  const added = work.policy.writable
    .filter((entry) => isWanted(work, entry))
    .map(
      (entry): WorkMount => ({
        mount: tmpfsOf(entry),
        origin: undefined,
        added: {
          why: `programs write to ${entry.path}, and the root is read-only`,
          rule: "writable-root",
        },
      }),
    );
  // Before all that may lie beneath them, under whatever name the image's links give it.
  const isKernels = ({ mount }: WorkMount): boolean =>
    /^\/(proc|dev|sys)(\/|$)/.test(cleanPath(mount.destination));
  const first = work.mounts.findIndex((item) => !isKernels(item));
  const at = first === -1 ? work.mounts.length : first;
  work.mounts = [...work.mounts.slice(0, at), ...added, ...work.mounts.slice(at)];
}

function isWanted(work: Work, entry: WritablePath): boolean {
  const path = cleanPath(entry.path);
  const isCovered = work.mounts.some(({ mount }) => {
    const to = cleanPath(mount.destination);
    return to === "/" || to === path || path.startsWith(`${to}/`);
  });
  if (isCovered) return false;
  const { present, writable } = work.facts.rootfs;
  if (present?.includes(entry.path) ?? true) return true;
  return entry.create === true && writable !== false;
}

function tmpfsOf(entry: WritablePath): WorkMount["mount"] {
  const options = ["nosuid", "nodev"];
  if (entry.exec !== true) options.push("noexec");
  options.push(`size=${entry.size}`);
  if (entry.mode !== undefined) options.push(`mode=${entry.mode}`);
  if (entry.copyUp === true) options.push("tmpcopyup");
  return { destination: entry.path, type: "tmpfs", source: "tmpfs", options };
}
