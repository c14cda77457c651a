/**
 * The options of `update`, as runc reads them, into linux.resources; and its JSON (`--resources`), which is checked as
 * that part of config.json.
 */
import { UserError } from "../base/error.ts";
import type { Resources } from "../oci/runtime-config.ts";

/** Values by option name in camel case, as the command line gives them. */
export type UpdateFlags = Readonly<
  Record<string, string | boolean | readonly string[] | undefined>
>;

/** linux.intelRdt's two lines, which `update` takes beside the resources. */
export interface RdtSchemas {
  readonly l3?: string;
  readonly memoryBandwidth?: string;
}

/** Resources that the options ask for; 0 and "" mean "leave it", as with runc. @throws UserError naming the option. */
export function parseUpdateFlags(flags: UpdateFlags): Resources {
  const text = (key: string): string | undefined => {
    const value = flags[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const integer = (key: string, min: number): number | undefined => {
    const value = text(key);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (/^[+-]?\d+$/.test(value) && number >= min && Number.isSafeInteger(number)) return number;
    throw invalid(key, value, min < 0 ? "a whole number" : "a whole number from 0");
  };
  const bytes = (key: string): number | undefined => {
    const value = text(key);
    return value === undefined ? undefined : parseBytes(key, value);
  };
  const cpu = {
    shares: integer("cpuShare", 0),
    period: integer("cpuPeriod", 0),
    quota: integer("cpuQuota", Number.MIN_SAFE_INTEGER),
    burst: integer("cpuBurst", 0),
    realtimePeriod: integer("cpuRtPeriod", 0),
    realtimeRuntime: integer("cpuRtRuntime", Number.MIN_SAFE_INTEGER),
    cpus: text("cpusetCpus"),
    mems: text("cpusetMems"),
    idle: integer("cpuIdle", 0),
  };
  const memory = {
    limit: bytes("memory"),
    reservation: bytes("memoryReservation"),
    swap: bytes("memorySwap"),
    kernel: bytes("kernelMemory"),
    kernelTCP: bytes("kernelMemoryTcp"),
  };
  const pids = { limit: integer("pidsLimit", Number.MIN_SAFE_INTEGER) };
  const blockIO = { weight: integer("blkioWeight", 0) };
  return compact({
    cpu: compact(cpu),
    memory: compact(memory),
    pids: compact(pids),
    blockIO: compact(blockIO),
  });
}

/** `--l3-cache-schema` and `--mem-bw-schema`. */
export function parseRdtFlags(flags: UpdateFlags): RdtSchemas {
  const { l3CacheSchema: l3, memBwSchema: memoryBandwidth } = flags;
  return {
    ...(typeof l3 === "string" && l3 !== "" ? { l3 } : {}),
    ...(typeof memoryBandwidth === "string" && memoryBandwidth !== "" ? { memoryBandwidth } : {}),
  };
}

/** More than the JSON of any real update. */
export const MAX_RESOURCES_BYTES: number = 4 << 20;

/**
 * linux.resources from the text of `--resources`.
 * @throws UserError when it is no JSON, or not such an object.
 */
export async function parseResources(text: string, where: string): Promise<Resources> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError("the resources are not JSON", { where, cause });
  }
  if (value === null) return {};
  const { validateConfig } = await import("../oci/validate.ts");
  const config = { ociVersion: "1.0.0", linux: { resources: withoutNulls(value) } };
  const place = "/linux/resources";
  const problems = validateConfig(config, { start: false })
    .filter(({ pointer }) => pointer.startsWith(place))
    .map(({ message }) => message.replaceAll(place, ""));
  if (problems.length > 0)
    throw new UserError("the resources are not valid", {
      where,
      cause: new Error(problems.slice(0, 20).join("\n        ")),
      hint: "write them as config.json's linux.resources",
    });
  return config.linux.resources as Resources;
}

/** Go writes a pointer or a slice that is not set as null. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > 16 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member, depth + 1)]),
  );
}

/** go-units' RAMInBytes: "64m", "1.5 GiB", "512", binary multiples; "-1" is no limit. */
function parseBytes(key: string, value: string): number {
  if (value === "-1") return -1;
  const match = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])?i?b?)$/i.exec(value);
  if (match === null) throw invalid(key, value, "a size such as 64m, 1g or 1048576, or -1");
  const power = match[2] === undefined ? 0 : "kmgtp".indexOf(match[2].toLowerCase()) + 1;
  return Math.trunc(Number(match[1]) * 1024 ** power);
}

function invalid(key: string, value: string, wanted: string): UserError {
  const option = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new UserError(`invalid value for ${option}: ${JSON.stringify(value)}`, {
    where: `--${option}`,
    hint: `give ${wanted}`,
  });
}

/** The same without members that are not set, and undefined objects. */
function compact<T extends object>(
  value: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, member]) =>
        member !== undefined &&
        !(typeof member === "object" && Object.keys(member as object).length === 0),
    ),
  ) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}
