import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { embeddedInit } from "./init/embedded.ts";

/**
 * Where the state of this user's containers lies when `--root` does not say. Root of a user namespace that an ordinary
 * user made (rootless podman) is that user; one who calls himself root there has a /run of his own, as runc has it.
 */
export function defaultStateRoot(): string {
  const uid = process.geteuid?.() ?? 0;
  const { XDG_RUNTIME_DIR: runtime, USER: user } = process.env;
  const isRoot = uid === 0 && (user === "root" || !isInUserNamespace());
  if (!isRoot && runtime?.startsWith("/") === true) return join(runtime, "tguard");
  return uid === 0 ? "/run/tguard" : `/tmp/tguard-${uid}`;
}

/** Where compiled filters are kept; only ever this user's own files are believed. */
export function cacheDir(): string {
  if ((process.geteuid?.() ?? 0) === 0 && !isInUserNamespace()) return "/var/cache/tguard";
  const cache = process.env["XDG_CACHE_HOME"];
  return join(cache?.startsWith("/") === true ? cache : join(homedir(), ".cache"), "tguard");
}

/** user_namespaces(7): the first one maps every id to itself. */
function isInUserNamespace(): boolean {
  try {
    return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync("/proc/self/uid_map", "latin1"));
  } catch (error) {
    if (isErrno(error)) return false; // a kernel without user namespaces
    throw error;
  }
}

/**
 * Make a directory that only we can write to, or prove that it is one.
 * @throws UserError when it cannot be made, or somebody else could put files into it.
 */
export function privateDir(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stat = lstatSync(path);
    if (!stat.isDirectory()) throw new UserError(`${path} is not a directory`);
    if (stat.uid !== (process.geteuid?.() ?? 0) || (stat.mode & 0o022) !== 0)
      throw new UserError(`${path} could be changed by other users`, {
        cause: new Error(
          `it belongs to user ${stat.uid} and has mode ${(stat.mode & 0o7777).toString(8)}`,
        ),
        hint: `remove it, or name another directory with --root`,
      });
  } catch (cause) {
    if (!isErrno(cause)) throw cause;
    throw new UserError(`cannot make the directory ${path}`, {
      cause,
      hint: "name a directory that you may write to with --root",
    });
  }
}

/**
 * The init program: beside the executable, or else the copy inside the executable, unpacked once into the cache.
 * @throws UserError when there is neither.
 */
export function findInit(): string {
  const beside = join(dirname(realpathSync(process.execPath)), "tguard-init");
  if (isExecutable(beside)) return beside;
  if (embeddedInit !== undefined) return unpackInit(embeddedInit);
  throw new UserError("tguard-init is missing", {
    where: beside,
    hint: "build it with npm run build, or install it beside tguard",
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}

function unpackInit(embedded: string): string {
  const program = readFileSync(embedded);
  const dir = cacheDir();
  privateDir(dir);
  const path = join(dir, `init-${createHash("sha256").update(program).digest("hex").slice(0, 32)}`);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // The directory is ours alone, so is what lies in it; a torn write never got this name.
  if (stat?.isFile() === true && stat.size === program.length && isExecutable(path)) return path;
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, program, { mode: 0o500 });
    chmodSync(draft, 0o500);
    renameSync(draft, path);
  } catch (cause) {
    throw new UserError("cannot unpack tguard-init", {
      where: dir,
      cause,
      hint: "install the file tguard-init beside the program tguard",
    });
  }
  return path;
}
