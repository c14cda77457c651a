import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isErrno } from "./error.ts";

/**
 * Files of a cache that nobody else can write to: believed only when they belong to us, are closed to others and
 * carry the SHA-256 of what they hold. Whatever is wrong with them means "not there"; a cache only ever costs time.
 */

const HASH_LENGTH = 64;

/** SHA-256 in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Make the directory, or prove that it is ours alone; false when it cannot be used. */
export function prepareCache(path: string): boolean {
  return (
    unlessErrno(() => {
      makeDirectory(path);
      const { mode, uid } = lstatSync(path);
      return (mode & constants.S_IFMT) === constants.S_IFDIR && isPrivate(mode, uid);
    }) ?? false
  );
}

// Not `recursive: true`: Node 20 tries for ever where a file system answers ENOENT to mkdir(2), as /proc does.
function makeDirectory(path: string, mayMakeParents = true): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === "EEXIST") return;
    const parent = dirname(path);
    if (error.code !== "ENOENT" || !mayMakeParents || parent === path) throw error;
    makeDirectory(parent);
    makeDirectory(path, false);
  }
}

function isPrivate(mode: number, uid: number): boolean {
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

/** Content of a kept file of at most `maxBytes`; undefined when anything about it is not right. */
export function readKept(path: string, maxBytes: number): Buffer | undefined {
  return unlessErrno(() => {
    // O_NONBLOCK: a FIFO put in its place must not hold the start up.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { mode, uid, size } = fstatSync(fd);
      const isFile = (mode & constants.S_IFMT) === constants.S_IFREG;
      if (!isFile || !isPrivate(mode, uid) || size > maxBytes) return undefined;
      const whole = readFileSync(fd);
      const body = whole.subarray(HASH_LENGTH);
      return whole.toString("latin1", 0, HASH_LENGTH) === sha256(body) ? body : undefined;
    } finally {
      closeSync(fd);
    }
  });
}

/** Keep content under a path of a prepared cache, whole or not at all; a full disk is no error. */
export function writeKept(path: string, body: Uint8Array): void {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  unlessErrno(() => {
    try {
      writeFileSync(temporary, Buffer.concat([Buffer.from(sha256(body), "latin1"), body]), {
        flag: "wx",
        mode: 0o600,
      });
      renameSync(temporary, path);
    } catch (error) {
      unlessErrno(() => unlinkSync(temporary));
      throw error;
    }
  });
}

/** Remove the oldest files with that ending until at most `most` are left. */
export function trimCache(dir: string, ending: string, most: number): void {
  unlessErrno(() => {
    const names = readdirSync(dir).filter((name) => name.endsWith(ending));
    if (names.length <= most) return;
    const byAge = names
      .map((name) => ({ name, time: unlessErrno(() => statSync(join(dir, name)).mtimeMs) ?? 0 }))
      .sort((a, b) => b.time - a.time);
    for (const { name } of byAge.slice(most)) unlessErrno(() => unlinkSync(join(dir, name)));
  });
}

/** Cache trouble (no permission, full disk, missing entry) is never the user's problem. */
function unlessErrno<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}
