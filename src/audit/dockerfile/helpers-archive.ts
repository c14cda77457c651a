import type { SimpleCommand } from "../shell/model.ts";
import { hasFlag } from "../shell/query.ts";

// What ADD unpacks: Dockerfile reference, "Adding local tar archives". A .zip is none of it.
const ARCHIVE = /\.(?:tar(?:\.[A-Za-z0-9]+)?|tgz|tbz2?|txz|tlz|tzst|gz|bz2|xz|Z|lz|lzma|zst)$/;

/** True when a path or the path of a URL ends like an archive that ADD unpacks. */
export function isArchiveName(path: string): boolean {
  return ARCHIVE.test(path.replace(/[?#].*$/s, ""));
}

/** Part of a path behind the last `/` or `\`. */
export function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

const UNPACKERS: ReadonlySet<string> = new Set(
  "gunzip bunzip2 unxz unlzma unzstd uncompress zcat gzcat zgz unzip".split(" "),
);

/** True for `tar -x`, `gunzip`, `gzip -d`, `unzip` and their kin. */
export function isUnpacking(command: SimpleCommand): boolean {
  const { name = "" } = command;
  if (UNPACKERS.has(name)) return true;
  if (name === "tar" || name === "bsdtar") return hasFlag(command, "-x", "--extract", "--get");
  return (
    ["gzip", "bzip2", "xz", "zstd", "lzma"].includes(name) &&
    hasFlag(command, "-d", "--decompress", "--uncompress")
  );
}

/** Last parts of the words of a command: the files it names, among them. */
export function namedFiles({ args }: SimpleCommand): string[] {
  return args.map((word) => lastPart((word.value ?? word.text).replace(/^--file=/, "")));
}
