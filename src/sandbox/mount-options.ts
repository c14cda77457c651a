import { UserError } from "../base/error.ts";

/** MOUNT_ATTR_* of mount_setattr(2). */
export const MOUNT_ATTR = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  ATIME: 0x70,
  NOATIME: 0x10,
  STRICTATIME: 0x20,
  NODIRATIME: 0x80,
  IDMAP: 0x100000,
  NOSYMFOLLOW: 0x200000,
} as const;

/** MS_* propagation types and MS_REC of mount(2). */
export const MS = {
  REC: 0x4000,
  UNBINDABLE: 0x20000,
  PRIVATE: 0x40000,
  SLAVE: 0x80000,
  SHARED: 0x100000,
} as const;

interface AttrChange {
  readonly set: number;
  readonly clear: number;
}

const set = (bits: number): AttrChange => ({ set: bits, clear: 0 });
const clear = (bits: number): AttrChange => ({ set: 0, clear: bits });
// mount_setattr(2): access time settings are one field; changing it means clearing the whole of it.
const atime = (bits: number): AttrChange => ({ set: bits, clear: MOUNT_ATTR.ATIME });

/** Options that belong to a mount and not to its filesystem; runtime-spec config.md, "Linux mount options". `r` in front: the whole tree. */
const ATTRIBUTES: Readonly<Record<string, AttrChange>> = {
  ro: set(MOUNT_ATTR.RDONLY),
  rw: clear(MOUNT_ATTR.RDONLY),
  nosuid: set(MOUNT_ATTR.NOSUID),
  suid: clear(MOUNT_ATTR.NOSUID),
  nodev: set(MOUNT_ATTR.NODEV),
  dev: clear(MOUNT_ATTR.NODEV),
  noexec: set(MOUNT_ATTR.NOEXEC),
  exec: clear(MOUNT_ATTR.NOEXEC),
  nodiratime: set(MOUNT_ATTR.NODIRATIME),
  diratime: clear(MOUNT_ATTR.NODIRATIME),
  nosymfollow: set(MOUNT_ATTR.NOSYMFOLLOW),
  symfollow: clear(MOUNT_ATTR.NOSYMFOLLOW),
  relatime: atime(0),
  norelatime: atime(MOUNT_ATTR.STRICTATIME),
  noatime: atime(MOUNT_ATTR.NOATIME),
  atime: atime(0),
  strictatime: atime(MOUNT_ATTR.STRICTATIME),
  nostrictatime: atime(0),
};

const PROPAGATION: Readonly<Record<string, number>> = {
  private: MS.PRIVATE,
  slave: MS.SLAVE,
  shared: MS.SHARED,
  unbindable: MS.UNBINDABLE,
};

/** Superblock flags with their bits in mount(2); their opposites are what a new superblock has anyway. */
const SUPERBLOCK_FLAGS: ReadonlyMap<string, number> = new Map([
  ["sync", 0x10],
  ["mand", 0x40],
  ["dirsync", 0x80],
  ["iversion", 0x800000],
  ["lazytime", 0x2000000],
]);
const SUPERBLOCK_DEFAULTS = new Set([
  "async",
  "nolazytime",
  "nomand",
  "noiversion",
  "loud",
  "silent", // what the kernel logs is not ours
  "defaults",
  "acl",
  "noacl",
]);

const NOT_RECURSIVE = ["bind", "rbind", "idmap", "ridmap", "tmpcopyup"];

/** Every option that means the same for all types of mounts, for `features`. */
export const MOUNT_OPTIONS: readonly string[] = [
  ...[...Object.keys(ATTRIBUTES), ...Object.keys(PROPAGATION)].flatMap((name) => [
    name,
    `r${name}`,
  ]),
  ...SUPERBLOCK_FLAGS.keys(),
  ...SUPERBLOCK_DEFAULTS,
  ...NOT_RECURSIVE,
].sort();

/** The options of one mount, sorted by who carries them out. */
export interface MountOptions {
  readonly bind: "none" | "bind" | "rbind";
  readonly attrs: AttrChange;
  readonly recursiveAttrs: AttrChange;
  readonly propagation: readonly { readonly type: number; readonly recursive: boolean }[];
  readonly idmap: "none" | "idmap" | "ridmap";
  readonly tmpcopyup: boolean;
  /** What the filesystem gets: flags have no value; `index` is the option's place in the list. */
  readonly data: readonly {
    readonly key: string;
    readonly value?: string;
    readonly index: number;
    /** For a flag of the superblock, which mount(2) takes for every filesystem. */
    readonly flag?: number;
    /** Where else in config.json it comes from. */
    readonly at?: string;
  }[];
}

function merge(into: AttrChange, next: AttrChange): AttrChange {
  // The last option wins: what it sets is no longer cleared, and the other way round.
  return {
    set: (into.set & ~next.clear) | next.set,
    clear: (into.clear & ~next.set) | next.clear,
  };
}

/** Read the `options` of a mount. Never fails: what is no mount option is the filesystem's business. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  let bind: MountOptions["bind"] = "none";
  let idmap: MountOptions["idmap"] = "none";
  let attrs: AttrChange = { set: 0, clear: 0 };
  let recursiveAttrs: AttrChange = { set: 0, clear: 0 };
  let tmpcopyup = false;
  const propagation: { type: number; recursive: boolean }[] = [];
  const data: { key: string; value?: string; index: number; flag?: number }[] = [];
  for (const [index, option] of options.entries()) {
    const withoutR = option.startsWith("r") ? option.slice(1) : undefined;
    const attr = lookup(ATTRIBUTES, option);
    const recursive = withoutR === undefined ? undefined : lookup(ATTRIBUTES, withoutR);
    const type = lookup(PROPAGATION, option) ?? (withoutR && lookup(PROPAGATION, withoutR));
    if (attr !== undefined) attrs = merge(attrs, attr);
    else if (recursive !== undefined) recursiveAttrs = merge(recursiveAttrs, recursive);
    else if (typeof type === "number")
      propagation.push({ type, recursive: !(option in PROPAGATION) });
    else if (option === "bind" || option === "rbind") bind = option;
    else if (option === "idmap" || option === "ridmap") idmap = option;
    else if (option === "tmpcopyup") tmpcopyup = true;
    else if (SUPERBLOCK_FLAGS.has(option))
      data.push({ key: option, index, flag: SUPERBLOCK_FLAGS.get(option) ?? 0 });
    else if (option !== "" && !SUPERBLOCK_DEFAULTS.has(option))
      data.push(dataOption(option, index));
  }
  return { bind, attrs, recursiveAttrs, propagation, idmap, tmpcopyup, data };
}

function dataOption(option: string, index: number): { key: string; value?: string; index: number } {
  const equals = option.indexOf("=");
  return equals === -1
    ? { key: option, index }
    : { key: option.slice(0, equals), value: option.slice(equals + 1), index };
}

function lookup<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/**
 * MS_* flags of `linux.rootfsPropagation` (config-linux.md#rootfs-mount-propagation); undefined when it is not set.
 * @throws UserError for another word.
 */
export function parseRootfsPropagation(word: string | undefined): number | undefined {
  if (word === undefined || word === "") return undefined;
  const type = lookup(PROPAGATION, word) ?? lookup(PROPAGATION, word.replace(/^r/, ""));
  if (type !== undefined) return type;
  throw new UserError(`unknown root filesystem propagation ${JSON.stringify(word)}`, {
    where: "config.json /linux/rootfsPropagation",
    hint: `use one of ${Object.keys(PROPAGATION).join(", ")}`,
  });
}
