import { join } from "node:path";
import { prepareCache, readKept, sha256, writeKept } from "../base/kept-file.ts";
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
  const isUsable = prepareCache(cacheDir);
  const cached = isUsable ? readEntry(path) : undefined;
  if (cached !== undefined) return cached;
  const { compileSeccomp } = await import("./compile.ts");
  const filter = await compileSeccomp(seccomp, host);
  if (isUsable) writeEntry(path, filter);
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

/** An entry is JSON. Undefined when anything about it is not right. */
function readEntry(path: string): CompiledFilter | undefined {
  const body = readKept(path, MAX_ENTRY_BYTES);
  if (body === undefined) return undefined;
  try {
    return parseEntry(JSON.parse(body.toString("utf8")));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
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
  writeKept(path, Buffer.from(body));
}
