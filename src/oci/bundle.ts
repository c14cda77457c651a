import { linkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { type JsonSource, parseJsonSource } from "../base/json-source.ts";
import {
  type Bundle,
  MAX_BYTES,
  type OpenedBundle,
  openBundle,
  realDirectory,
  realRootfs,
} from "./bundle-file.ts";
import type { Process, RuntimeConfig } from "./runtime-config.ts";
import { type ValidateOptions, validateConfig } from "./validate.ts";
import { type Violation, violation } from "./violation.ts";

export type { Bundle } from "./bundle-file.ts";

/** Deepest nesting of config.json; the specification's own reaches 7. */
const MAX_DEPTH = 100;
/** Violations that one error lists. */
const MAX_LISTED = 20;

/**
 * Read and check a bundle.
 * @throws UserError when the directory is no bundle, config.json cannot be read, is not JSON or breaks the
 * specification (all violations are told), or the root filesystem is missing or outside.
 */
export function readBundle(path: string, options: ValidateOptions = {}): Bundle {
  return checkBundle(openBundle(path), options);
}

/** The second half of readBundle. */
export function checkBundle(opened: OpenedBundle, options: ValidateOptions = {}): Bundle {
  const { dir, configPath, text } = opened;
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

/**
 * Read a process as `exec --process` takes it: config.json's `process` object in a file of its own.
 * @throws UserError for what is no such object, with pointers as in config.json.
 */
export function parseProcess(text: string, path: string, config: RuntimeConfig): Process {
  const process = parseConfig(text, path);
  const violations = validateConfig({ ...config, process });
  if (violations.length > 0) throw invalidConfig(path, violations, "the process");
  return process as Process; // proven by validateConfig
}

function invalidConfig(
  configPath: string,
  violations: readonly Violation[],
  what = "config.json",
): UserError {
  const messages = violations.slice(0, MAX_LISTED).map(({ message }) => message);
  const more = violations.length - messages.length;
  if (more > 0) messages.push(`and ${more} more`);
  const count = violations.length === 1 ? "1 mistake" : `${violations.length} mistakes`;
  return new UserError(`${what} is not valid: ${count}`, {
    where: configPath,
    // Aligned below "  why   ".
    cause: new Error(messages.join("\n        ")),
    hint: "correct these entries; `tguard spec` writes a config.json to compare with",
  });
}
