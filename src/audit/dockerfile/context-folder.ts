import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isErrno } from "../../base/error.ts";
import type { ContextEntry, DockerContext, IgnoreState } from "./context.ts";
import { cleanPath, parseIgnoreFile } from "./ignore.ts";

/** A larger ignore file counts as unknown. */
const MAX_IGNORE_BYTES = 64 * 1024;

/** Questions about paths that are answered; a hostile Dockerfile could ask without end. */
const MAX_LOOKUPS = 4096;

/**
 * The build context of a Dockerfile on disk, taken to be its folder. Reads the ignore file now, and other things when
 * they are asked for. Symbolic links are never followed, so nothing outside of the folder is looked at.
 */
export function readContext(dockerfilePath: string): DockerContext {
  const path = resolve(dockerfilePath);
  const folder = dirname(path);
  const dockerfileName = basename(path);
  const known = new Map<string, ContextEntry | undefined>();
  const at = (asked: string): ContextEntry | undefined => {
    const clean = cleanPath(`/${asked}`);
    if (!known.has(clean)) {
      if (known.size >= MAX_LOOKUPS) return undefined;
      known.set(clean, lookUp(folder, clean));
    }
    return known.get(clean);
  };
  return { ignore: readIgnore(folder, dockerfileName), dockerfileName, at };
}

/** Step by step from the folder down: a link on the way ends the search. */
function lookUp(folder: string, clean: string): ContextEntry | undefined {
  let path = folder;
  let found: ContextEntry | undefined = "folder";
  for (const part of clean.split("/")) {
    if (part === "") continue;
    if (found === "missing" || found === "file") return "missing";
    if (found !== "folder" || part.includes("\0")) return undefined;
    path = join(path, part);
    found = entryAt(path);
  }
  return found;
}

function entryAt(path: string): ContextEntry | undefined {
  try {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return "link";
    return stat.isDirectory() ? "folder" : "file";
  } catch (error) {
    if (!isErrno(error)) throw error;
    // What may not be looked at is not known; all else (a name too long, a file in the way) is not there.
    return /^E(?:ACCES|PERM|IO)$/.test(error.code ?? "") ? undefined : "missing";
  }
}

/** dockerui/context: the file's own ignore file wins over the folder's. */
function readIgnore(folder: string, dockerfileName: string): IgnoreState {
  for (const name of [`${dockerfileName}.dockerignore`, ".dockerignore"]) {
    const path = join(folder, name);
    const entry = entryAt(path);
    if (entry === "missing") continue;
    const text = entry === "file" ? readSmallFile(path) : undefined;
    return text === undefined
      ? { state: "unknown" }
      : { state: "read", name, patterns: parseIgnoreFile(text) };
  }
  return { state: "missing" };
}

/** Text of a regular file; `undefined` when it is too large, no such file, or cannot be read. */
function readSmallFile(path: string): string | undefined {
  let fd: number | undefined;
  try {
    // O_NONBLOCK: a pipe put there in between must not hold the audit.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > MAX_IGNORE_BYTES) return undefined;
    const bytes = Buffer.allocUnsafe(MAX_IGNORE_BYTES);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(fd, bytes, length, bytes.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return bytes.toString("utf8", 0, length);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
