import { isUtf8 } from "node:buffer";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { sawReal, sawStat, sawText, sawType } from "../base/look.ts";
import type { RuntimeConfig } from "./runtime-config.ts";
import { quote } from "./violation.ts";

/** A bundle whose config.json has been checked and whose root filesystem is there. bundle.md. */
export interface Bundle {
  /** Absolute path without symbolic links. */
  readonly dir: string;
  readonly configPath: string;
  readonly config: RuntimeConfig;
  /** The text of config.json, for error messages with lines and for hashes. */
  readonly text: string;
  /** The root filesystem: absolute path without symbolic links. */
  readonly rootfs: string;
}

/** A bundle directory with its config.json read, but not looked at. */
export interface OpenedBundle {
  readonly dir: string;
  readonly configPath: string;
  readonly text: string;
}

/** Largest config.json that is read. Real ones have 5 to 60 KB; Kubernetes' API stops at 1.5 MB. */
export const MAX_BYTES: number = 8 * 1024 * 1024;
const WHAT_IS_A_BUNDLE =
  "a bundle is a directory with a config.json and a root filesystem; `tguard spec --bundle DIR` writes a config.json";

const READABLE =
  "the user who runs tguard must be able to read the bundle; check its owner and mode";

/** Find a bundle and read its config.json. @throws UserError when there is none that can be read. */
export function openBundle(path: string): OpenedBundle {
  const dir = realDirectory(path);
  const configPath = join(dir, "config.json");
  return { dir, configPath, text: readConfigText(dir, configPath) };
}

/** Absolute path of a bundle directory. @throws UserError when it is none. */
export function realDirectory(path: string): string {
  if (path === "" || path.includes("\0"))
    throw new UserError(`${quote(path)} is not a path of a bundle`, { hint: WHAT_IS_A_BUNDLE });
  try {
    const dir = realpathSync.native(resolve(path));
    if (!statSync(dir).isDirectory())
      throw new UserError(`${path} is not a directory`, { hint: WHAT_IS_A_BUNDLE });
    return dir;
  } catch (error) {
    if (!isErrno(error)) throw error;
    const what = error.code === "ENOENT" ? `there is no bundle at ${path}` : `cannot read ${path}`;
    throw new UserError(what, { cause: error, hint: WHAT_IS_A_BUNDLE });
  }
}

function readConfigText(dir: string, configPath: string): string {
  const buffer = readRegularFile(realConfigPath(dir, configPath), configPath);
  sawText(configPath, buffer);
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf)
    throw new UserError(`${configPath} begins with a byte order mark`, {
      where: `${configPath}:1:1`,
      hint: "save it as UTF-8 without BOM; JSON must not have one (RFC 8259, section 8.1)",
    });
  if (!isUtf8(buffer))
    throw new UserError(`${configPath} is not UTF-8`, {
      where: `${configPath}:${lineOfBadUtf8(buffer)}`,
      hint: "save it as UTF-8; JSON knows no other encoding (RFC 8259, section 8.1)",
    });
  return buffer.toString("utf8");
}

/** Follow a symbolic link at config.json, if it stays in the bundle. */
function realConfigPath(dir: string, configPath: string): string {
  try {
    const stat = lstatSync(configPath);
    sawType(configPath, stat.mode);
    if (!stat.isSymbolicLink()) return configPath;
    const target = realpathSync.native(configPath);
    sawReal(configPath, target);
    if (isInside(dir, target)) return target;
    throw new UserError(`${configPath} is a symbolic link out of the bundle`, {
      cause: new Error(`it leads to ${target}`),
      hint: "copy the file into the bundle",
    });
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === "ENOENT")
      throw new UserError(`${dir} is not a bundle: it has no config.json`, {
        hint: WHAT_IS_A_BUNDLE,
      });
    throw new UserError(`cannot read ${configPath}`, { cause: error, hint: READABLE });
  }
}

function readRegularFile(path: string, shown: string): Buffer {
  let fd: number;
  try {
    // O_NONBLOCK: opening a FIFO would wait for a writer. O_NOFOLLOW: symbolic links are resolved already.
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_NOCTTY } = constants;
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new UserError(`cannot read ${shown}`, { cause: error, hint: READABLE });
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile())
      throw new UserError(`${shown} is ${fileKind(stats)}, not a file`, { hint: WHAT_IS_A_BUNDLE });
    if (stats.size > MAX_BYTES) throw tooLarge(shown, stats.size);
    return readAll(fd, stats.size, shown);
  } finally {
    closeSync(fd);
  }
}

/** Read to the end, which may have moved since the size was asked for. */
function readAll(fd: number, size: number, shown: string): Buffer {
  let buffer = Buffer.alloc(size + 1);
  let length = 0;
  for (;;) {
    const count = readSync(fd, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length > MAX_BYTES) throw tooLarge(shown, length);
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(length)]);
  }
}

function tooLarge(shown: string, bytes: number): UserError {
  const mebibytes = (bytes / 1024 / 1024).toFixed(1);
  return new UserError(`${shown} is too large: ${mebibytes} MiB, at most 8 MiB are read`, {
    hint: "a config.json has some kilobytes; is this another file?",
  });
}

function fileKind(stats: Stats): string {
  if (stats.isDirectory()) return "a directory";
  if (stats.isFIFO()) return "a FIFO";
  return stats.isSocket() ? "a socket" : "a device";
}

function lineOfBadUtf8(buffer: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = buffer.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(buffer.subarray(start, end))) return line;
    start = end + 1;
  }
}

/** Absolute path of the root filesystem. @throws UserError when it is missing, or leaves the bundle. */
export function realRootfs(dir: string, path: string): string {
  const where = "config.json /root/path";
  const leaves = (how: string): UserError =>
    new UserError(`the root filesystem ${quote(path)} leaves the bundle`, {
      where,
      cause: new Error(how),
      hint: "put it into the bundle, or give its absolute path",
    });
  const full = resolve(dir, path);
  if (!isAbsolute(path) && !isInside(dir, full)) throw leaves(`it is ${full}, outside of ${dir}`);
  try {
    const rootfs = realpathSync.native(full);
    sawReal(full, rootfs);
    if (!isAbsolute(path) && !isInside(dir, rootfs))
      throw leaves(`a symbolic link leads to ${rootfs}, outside of ${dir}`);
    const stat = statSync(rootfs);
    sawStat(rootfs, stat);
    if (!stat.isDirectory())
      throw new UserError(`the root filesystem ${full} is not a directory`, {
        where,
        hint: "unpack the image into a directory and name that",
      });
    return rootfs;
  } catch (error) {
    if (!isErrno(error)) throw error;
    const isMissing = error.code === "ENOENT" || error.code === "ENOTDIR";
    if (!isMissing)
      throw new UserError(`cannot reach the root filesystem ${full}`, {
        where,
        cause: error,
        hint: READABLE,
      });
    throw new UserError(`there is no root filesystem at ${full}`, {
      where,
      cause: error,
      hint: "make the directory and unpack an image into it, or correct the path",
    });
  }
}

function isInside(dir: string, path: string): boolean {
  return path === dir || path.startsWith(dir === "/" ? "/" : `${dir}/`);
}
