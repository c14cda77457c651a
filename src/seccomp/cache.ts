import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isErrno } from "../base/error.ts";
import type { Seccomp } from "../oci/runtime-config.ts";
import type { CompiledFilter, FilterHost } from "./compile.ts";
import { verify } from "./interpret.ts";

/** Raise when the compiler's output for the same profile changes, so that older entries are not used. */
const FILTER_FORMAT = 1;

/** No entry is larger: 4096 instructions in base64 and a list of names. */
const MAX_ENTRY_BYTES = 1 << 20;

/**
 * The compiled filter of a profile, from `cacheDir` when it was compiled before (libseccomp and koffi are not loaded
 * then). The directory is made when it is missing. A cache that cannot be used, belongs to someone else or is open to
 * others only costs time: the filter is compiled.
 * @throws UserError as `compileSeccomp`.
 */
export async function loadOrCompile(
  seccomp: Seccomp,
  host: FilterHost,
  cacheDir: string,
): Promise<CompiledFilter> {
  const path = join(cacheDir, `${cacheKey(seccomp, host)}.filter`);
  const isUsable = ignoreErrno(() => prepareDirectory(cacheDir)) ?? false;
  const cached = isUsable ? ignoreErrno(() => readEntry(path)) : undefined;
  if (cached !== undefined) return cached;
  const { compileSeccomp } = await import("./compile.ts");
  const filter = await compileSeccomp(seccomp, host);
  if (isUsable) ignoreErrno(() => writeEntry(path, filter));
  return filter;
}

/** Name of a cache entry: 64 hexadecimal digits that differ when anything differs that the filter depends on. */
export function cacheKey(seccomp: Seccomp, host: FilterHost): string {
  const { defaultAction, defaultErrnoRet, architectures, flags, syscalls = [] } = seccomp;
  // Fields by position, so that the order of keys does not matter; "" is a number left out. Where the listener is does
  // not change the filter, but metadata without a path is an error.
  const facts = [
    FILTER_FORMAT,
    host.arch,
    /^\d+\.\d+/.exec(host.kernelRelease)?.[0],
    [defaultAction, defaultErrnoRet ?? "", architectures, flags],
    seccomp.listenerMetadata !== undefined && seccomp.listenerPath === undefined,
    syscalls.map(({ names, action, errnoRet, args = [] }) => [
      names,
      action,
      errnoRet ?? "",
      args.map(({ index, op, value, valueTwo }) => [index, op, value, valueTwo ?? ""]),
    ]),
  ];
  return sha256(JSON.stringify(facts));
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function prepareDirectory(path: string): boolean {
  makeDirectory(path);
  const { mode, uid } = lstatSync(path);
  return (mode & constants.S_IFMT) === constants.S_IFDIR && isPrivate(mode, uid);
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

/** An entry is a line with the SHA-256 of the rest, then JSON. Undefined when anything about it is not right. */
function readEntry(path: string): CompiledFilter | undefined {
  // O_NONBLOCK: a FIFO put in its place must not hold the start up.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { mode, uid, size } = fstatSync(fd);
    const isFile = (mode & constants.S_IFMT) === constants.S_IFREG;
    if (!isFile || !isPrivate(mode, uid) || size > MAX_ENTRY_BYTES) return undefined;
    const text = readFileSync(fd, "latin1");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    return text.slice(0, end) === sha256(body) ? parseEntry(JSON.parse(body)) : undefined;
  } finally {
    closeSync(fd);
  }
}

function parseEntry(entry: unknown): CompiledFilter | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const { bpf, flags, listener, skipped } = entry as Record<string, unknown>;
  if (typeof bpf !== "string" || typeof flags !== "number" || typeof listener !== "boolean")
    return undefined;
  if (!Array.isArray(skipped) || !skipped.every((name) => typeof name === "string"))
    return undefined;
  const bytes = new Uint8Array(Buffer.from(bpf, "base64"));
  return verify(bytes) === undefined ? { bpf: bytes, flags, listener, skipped } : undefined;
}

function writeEntry(path: string, { bpf, ...rest }: CompiledFilter): void {
  const body = JSON.stringify({ ...rest, bpf: Buffer.from(bpf).toString("base64") });
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, `${sha256(body)}\n${body}`, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    ignoreErrno(() => unlinkSync(temporary));
    throw error;
  }
}

/** Cache trouble (no permission, full disk, missing or broken entry) is never the user's problem. */
function ignoreErrno<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isErrno(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
