import { isUtf8 } from "node:buffer";
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { type JsonSource, parseJsonSource } from "../base/json-source.ts";
import type { RuntimeConfig } from "./runtime-config.ts";
import { type ValidateOptions, validateConfig } from "./validate.ts";
import { quote, type Violation, violation } from "./violation.ts";

const READABLE =
  "the user who runs tguard must be able to read the bundle; check its owner and mode";

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

/** Largest config.json that is read. Real ones have 5 to 60 KB; Kubernetes' API stops at 1.5 MB. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Deepest nesting of config.json; the specification's own reaches 7. */
const MAX_DEPTH = 100;
/** Violations that one error lists. */
const MAX_LISTED = 20;

const WHAT_IS_A_BUNDLE =
  "a bundle is a directory with a config.json and a root filesystem; `tguard spec --bundle DIR` writes a config.json";

/**
 * Read and check a bundle.
 * @throws UserError when the directory is no bundle, config.json cannot be read, is not JSON or breaks the
 * specification (all violations are told), or the root filesystem is missing or outside.
 */
export function readBundle(path: string, options: ValidateOptions = {}): Bundle {
  const dir = realDirectory(path);
  const configPath = join(dir, "config.json");
  const text = readConfigText(dir, configPath);
  const value = parseConfig(text, configPath);
  const violations = [
    ...validateConfig(value, options),
    ...inexactNumbers(text, configPath, value),
  ];
  if (violations.length > 0) throw invalidConfig(configPath, violations);
  // Proven by validateConfig.
  const config = value as RuntimeConfig;
  return { dir, configPath, config, text, rootfs: realRootfs(dir, config.root?.path ?? "") };
}

/**
 * Write config.json into a bundle directory, whole or not at all.
 * @throws UserError when there is one already or it cannot be written.
 */
export function writeConfig(path: string, config: RuntimeConfig): void {
  const dir = realDirectory(path);
  const configPath = join(dir, "config.json");
  const draft = join(dir, `.config.json.${process.pid}.tmp`);
  try {
    // Left behind when a process that had our pid was killed.
    rmSync(draft, { force: true });
    try {
      writeFileSync(draft, `${JSON.stringify(config, null, 2)}\n`, { flag: "wx", flush: true });
      // link(2) fails where rename(2) would replace: a config.json that somebody else writes meanwhile is safe too.
      linkSync(draft, configPath);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code !== "EEXIST")
      throw new UserError(`cannot write ${configPath}`, { cause: error });
    throw new UserError(`${configPath} exists already`, {
      hint: "remove it first, or name another directory with --bundle",
    });
  }
}

function realDirectory(path: string): string {
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
    if (!lstatSync(configPath).isSymbolicLink()) return configPath;
    const target = realpathSync.native(configPath);
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

function parseConfig(text: string, configPath: string): unknown {
  try {
    // The built-in parser is several times as fast; the other one knows where a mistake is.
    const value: unknown = JSON.parse(text);
    if (!isDeeperThan(value, MAX_DEPTH)) return value;
  } catch (error) {
    // JavaScriptCore: nesting beyond its stack is a RangeError.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  }
  return parseWithPositions(text, configPath).value;
}

function parseWithPositions(text: string, configPath: string): JsonSource {
  try {
    return parseJsonSource(text, { name: configPath, maxDepth: MAX_DEPTH, maxLength: MAX_BYTES });
  } catch (error) {
    const [, line, column] = /:(\d+):(\d+)$/.exec((error as UserError).where ?? "") ?? [];
    if (!(error instanceof UserError) || line === undefined) throw error;
    throw new UserError(error.message, {
      ...(error.where === undefined ? {} : { where: error.where }),
      cause: new Error(excerpt(text, Number(line), Number(column))),
      hint: "correct the JSON; `jq . config.json` checks it",
    });
  }
}

/** The line of a mistake with a caret below its column, cut to what fits a terminal. */
function excerpt(text: string, line: number, column: number): string {
  const source = text.split("\n", line)[line - 1] ?? "";
  const from = Math.max(0, column - 50);
  // Whatever is not printed as one column would move the caret, or worse.
  const shown = source.slice(from, from + 80).replace(/[\p{C}\p{Z}]/gu, " ");
  const gutter = `${line} | `;
  return `${gutter}${shown}\n${" ".repeat(8 + gutter.length - 2)}| ${" ".repeat(column - 1 - from)}^`;
}

function isDeeperThan(root: unknown, depth: number): boolean {
  const isContainer = (value: unknown): value is object =>
    typeof value === "object" && value !== null;
  let level = [root].filter(isContainer);
  for (let reached = 0; level.length > 0; reached++) {
    if (reached === depth) return true;
    level = level.flatMap((value) => Object.values(value).filter(isContainer));
  }
  return false;
}

/** 2^64-1, "all bits", is the one number beyond 2^53 that is common; read as 2^64, it cannot be mistaken. */
const ALL_BITS = "18446744073709551615";

/**
 * Arguments of seccomp rules that a double cannot hold: rounded, a mask would let through what it should stop.
 * (Limits are rounded too, but nobody can tell 2^63-1 bytes from 2^63.)
 */
function inexactNumbers(text: string, configPath: string, value: unknown): readonly Violation[] {
  if (!/\d{16}/.test(text)) return [];
  const { linux } = (value ?? {}) as RuntimeConfig;
  const syscalls = linux?.seccomp?.syscalls;
  if (!Array.isArray(syscalls)) return [];
  const source = parseWithPositions(text, configPath);
  const found: Violation[] = [];
  for (const [i, syscall] of (syscalls as readonly { args?: unknown }[]).entries()) {
    if (!Array.isArray(syscall?.args)) continue;
    for (const j of syscall.args.keys())
      for (const key of ["value", "valueTwo"]) {
        const pointer = `/linux/seccomp/syscalls/${i}/args/${j}/${key}`;
        const span = source.locate(pointer)?.value;
        const literal = span === undefined ? "" : text.slice(span.start, span.end);
        if (!/^\d{16,}$/.test(literal) || literal === ALL_BITS) continue;
        if (BigInt(literal) !== BigInt(Number(literal)))
          found.push(
            violation(pointer, `a number up to 2^53, a rounder one, or ${ALL_BITS}`, literal),
          );
      }
  }
  return found;
}

function invalidConfig(configPath: string, violations: readonly Violation[]): UserError {
  const messages = violations.slice(0, MAX_LISTED).map(({ message }) => message);
  const more = violations.length - messages.length;
  if (more > 0) messages.push(`and ${more} more`);
  const count = violations.length === 1 ? "1 mistake" : `${violations.length} mistakes`;
  return new UserError(`config.json is not valid: ${count}`, {
    where: configPath,
    // Aligned below "  why   ".
    cause: new Error(messages.join("\n        ")),
    hint: "correct these entries; `tguard spec` writes a config.json to compare with",
  });
}

function realRootfs(dir: string, path: string): string {
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
    if (!isAbsolute(path) && !isInside(dir, rootfs))
      throw leaves(`a symbolic link leads to ${rootfs}, outside of ${dir}`);
    if (!statSync(rootfs).isDirectory())
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
