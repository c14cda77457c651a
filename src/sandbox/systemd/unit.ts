/** A container as a systemd unit: names, slices, and linux.resources as the properties that systemd keeps in force. Pure. */
import { UserError } from "../../base/error.ts";
import type { Resources } from "../../oci/runtime-config.ts";
import { sharesToWeight } from "../cgroup/limits.ts";
import type { DBusValue, Variant } from "./wire.ts";

/** What `linux.cgroupsPath` asks for with `--systemd-cgroup`. */
export interface UnitName {
  /** "system.slice". */
  readonly slice: string;
  /** "prefix-name.scope". */
  readonly unit: string;
  /** The slice's group below its manager's: "/a.slice/a-b.slice". */
  readonly slicePath: string;
}

/** One property of a unit. */
export type Property = readonly [name: string, value: Variant];

/** systemd's UINT64_MAX: no limit. */
const INFINITY = 0xffffffffffffffffn;
const US_PER_S = 1_000_000;
const DEFAULT_PERIOD_US = 100_000;
/** systemd itself counts CPU time in steps of 10 ms. */
const QUOTA_STEP_US = 10_000;

/**
 * `slice:prefix:name` (runc's form). An absent path stands for `:tguard:ID`, an absent slice for system.slice, or the
 * user's own user.slice.
 * @throws UserError for another form, or names that no unit can have.
 */
export function parseUnitName(path: string | undefined, id: string, isUser: boolean): UnitName {
  const fallback = isUser ? "user.slice" : "system.slice";
  const text = path === undefined || path === "" ? `:tguard:${id}` : path;
  const parts = text.split(":");
  const [slice = "", prefix = "", name = ""] = parts;
  if (parts.length !== 3)
    throw invalid(text, "it is not of the form slice:prefix:name, as --systemd-cgroup wants it");
  if (name.endsWith(".slice")) throw invalid(text, "a container is a scope, and cannot be a slice");
  const unit = `${prefix === "" ? "" : `${prefix}-`}${name}.scope`;
  const unitSlice = slice === "" ? fallback : slice;
  if (name === "" || !/^[A-Za-z0-9:_.\\@-]{1,249}\.scope$/.test(unit) || unit.startsWith("."))
    throw invalid(text, `${JSON.stringify(unit)} cannot be a unit's name`);
  return { slice: unitSlice, unit, slicePath: expandSlice(unitSlice, text) };
}

/** systemd.slice(5): a dash in a slice's name is a level: "a-b.slice" lies in "a.slice". */
export function expandSlice(slice: string, at: string): string {
  const name = /^([A-Za-z0-9_.\\@:-]+)\.slice$/.exec(slice)?.[1];
  if (name === undefined) throw invalid(at, `${JSON.stringify(slice)} is not a slice`);
  if (name === "-") return "";
  const parts = name.split("-");
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    throw invalid(at, `${JSON.stringify(slice)} is not a slice`);
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join("-")}.slice`).join("");
}

/** Properties with which the unit is started. `pids`: the processes that it begins with. */
export function unitProperties(
  { slice }: UnitName,
  id: string,
  pids: readonly number[],
  annotations: Readonly<Record<string, string>>,
): readonly Property[] {
  const yes: Variant = { type: "b", value: true };
  return [
    ["Description", { type: "s", value: `tguard container ${id}` }],
    ["Slice", { type: "s", value: slice }],
    ["Delegate", yes],
    ["PIDs", { type: "au", value: [...pids] }],
    ["MemoryAccounting", yes],
    ["CPUAccounting", yes],
    ["IOAccounting", yes],
    ["TasksAccounting", yes],
    ["DefaultDependencies", { type: "b", value: false }],
    ...annotatedProperties(annotations),
  ];
}

/**
 * `org.systemd.property.NAME` with a value in GVariant text, as runc reads it: booleans, strings in quotes, `uint64 5`, `int32 5`.
 * @throws UserError for a value of another kind.
 */
function annotatedProperties(annotations: Readonly<Record<string, string>>): readonly Property[] {
  const prefix = "org.systemd.property.";
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]): Property => {
      const name = key.slice(prefix.length);
      const value = parseGVariant(text.trim());
      if (!/^[A-Z][A-Za-z]+$/.test(name) || value === undefined)
        throw new UserError(`cannot read the systemd property ${JSON.stringify(key)}`, {
          where: `config.json /annotations/${key}`,
          hint: "write a value such as true, 'text', uint64 5 or ['a', 'b']",
        });
      // runc: a name in seconds is systemd's in microseconds.
      const isSeconds = /[a-z]Sec$/.test(name);
      return isSeconds
        ? [
            name.replace(/Sec$/, "USec"),
            { type: "t", value: BigInt(value.value as bigint) * 1_000_000n },
          ]
        : [name, value];
    });
}

function parseGVariant(text: string): Variant | undefined {
  if (text === "true" || text === "false") return { type: "b", value: text === "true" };
  const string = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(text);
  if (string !== null) return { type: "s", value: string[1] ?? string[2] ?? "" };
  const number = /^(?:(byte|int16|uint16|int32|uint32|int64|uint64) )?(-?\d{1,20})$/.exec(text);
  if (number !== null) {
    const type =
      { byte: "y", int16: "n", uint16: "q", int32: "i", uint32: "u", int64: "x", uint64: "t" }[
        number[1] ?? "int32"
      ] ?? "i";
    const value = BigInt(number[2] ?? "0");
    return { type, value: type === "x" || type === "t" ? value : Number(value) };
  }
  const list = /^\[((?:\s*'[^'\\]*'\s*,?)*)\]$/.exec(text);
  if (list === null) return undefined;
  const items = [...(list[1] ?? "").matchAll(/'([^'\\]*)'/g)].map((match) => match[1] ?? "");
  return { type: "as", value: items };
}

/** linux.resources as properties; what systemd has no property for is written to the group's files alone. */
export function resourceProperties(resources: Resources, version: 1 | 2): readonly Property[] {
  return version === 2
    ? [...v2Properties(resources), ...unifiedProperties(resources)]
    : v1Properties(resources);
}

function v2Properties({ memory = {}, cpu = {}, pids }: Resources): readonly Property[] {
  const list: Property[] = [];
  const add = (name: string, value: bigint): void => {
    list.push([name, { type: "t", value }]);
  };
  const { limit = 0, reservation = 0, swap = 0 } = memory;
  if (limit !== 0) add("MemoryMax", orInfinity(limit));
  if (reservation !== 0) add("MemoryLow", orInfinity(reservation));
  if (swap < 0 || (limit < 0 && swap === 0)) add("MemorySwapMax", INFINITY);
  else if (swap > 0 && limit > 0 && swap >= limit) add("MemorySwapMax", BigInt(swap - limit));
  if ((cpu.shares ?? 0) !== 0 && cpu.idle !== 1)
    add("CPUWeight", BigInt(sharesToWeight(cpu.shares ?? 0)));
  list.push(...quotaProperties(cpu.quota ?? 0, cpu.period ?? 0));
  if (pids?.limit !== undefined && pids.limit !== 0) add("TasksMax", orInfinity(pids.limit));
  list.push(...cpusetProperties(cpu.cpus, cpu.mems));
  return list;
}

function v1Properties({
  memory = {},
  cpu = {},
  pids,
  blockIO = {},
}: Resources): readonly Property[] {
  const list: Property[] = [];
  const add = (name: string, value: bigint): void => {
    list.push([name, { type: "t", value }]);
  };
  if ((memory.limit ?? 0) !== 0) add("MemoryLimit", orInfinity(memory.limit ?? 0));
  if ((cpu.shares ?? 0) !== 0) add("CPUShares", BigInt(cpu.shares ?? 0));
  list.push(...quotaProperties(cpu.quota ?? 0, cpu.period ?? 0));
  if ((blockIO.weight ?? 0) !== 0) add("BlockIOWeight", BigInt(blockIO.weight ?? 0));
  if (pids?.limit !== undefined && pids.limit !== 0) add("TasksMax", orInfinity(pids.limit));
  return list;
}

/** CPU time for each second, which is how systemd counts, rounded up as it does itself. */
function quotaProperties(quota: number, period: number): readonly Property[] {
  const list: Property[] = [];
  if (period > 0) list.push(["CPUQuotaPeriodUSec", { type: "t", value: BigInt(period) }]);
  if (quota === 0 && period === 0) return list;
  const perSecond =
    quota > 0 ? Math.ceil((quota * US_PER_S) / (period > 0 ? period : DEFAULT_PERIOD_US)) : 0;
  const rounded = Math.ceil(perSecond / QUOTA_STEP_US) * QUOTA_STEP_US;
  list.push(["CPUQuotaPerSecUSec", { type: "t", value: quota > 0 ? BigInt(rounded) : INFINITY }]);
  return list;
}

function cpusetProperties(cpus: string | undefined, mems: string | undefined): readonly Property[] {
  return (
    [
      ["AllowedCPUs", cpus],
      ["AllowedMemoryNodes", mems],
    ] as const
  ).flatMap(([name, list]): Property[] => {
    const bits = list === undefined || list === "" ? undefined : toBitMask(list);
    return bits === undefined ? [] : [[name, { type: "ay", value: bits }]];
  });
}

/** "0-2,8" → the bytes 7, 1: bit N of the mask is CPU N. Undefined for a list in another form. */
export function toBitMask(list: string): readonly number[] | undefined {
  const bytes: number[] = [];
  for (const part of list.split(",")) {
    const [, first, last = first] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) return undefined;
    for (let n = Number(first); n <= Number(last); n++) {
      while (bytes.length <= n >> 3) bytes.push(0);
      bytes[n >> 3] = (bytes[n >> 3] ?? 0) | (1 << (n & 7));
    }
  }
  return bytes;
}

/** linux.resources.unified: the files that systemd would write itself. */
function unifiedProperties({ unified = {} }: Resources): readonly Property[] {
  const names: Readonly<Record<string, string>> = {
    "cpu.weight": "CPUWeight",
    "memory.max": "MemoryMax",
    "memory.high": "MemoryHigh",
    "memory.low": "MemoryLow",
    "memory.min": "MemoryMin",
    "memory.swap.max": "MemorySwapMax",
    "pids.max": "TasksMax",
  };
  return Object.entries(unified).flatMap(([file, text]): readonly Property[] => {
    const value = text.trim();
    const name = Object.hasOwn(names, file) ? names[file] : undefined;
    if (name !== undefined && /^(max|\d{1,19})$/.test(value))
      return [[name, { type: "t", value: value === "max" ? INFINITY : BigInt(value) }]];
    if (file === "cpu.max") {
      const [quota = "max", period = "100000"] = value.split(/\s+/);
      return quotaProperties(quota === "max" ? -1 : Number(quota) || 0, Number(period) || 0);
    }
    if (file === "cpuset.cpus") return cpusetProperties(value, undefined);
    if (file === "cpuset.mems") return cpusetProperties(undefined, value);
    return [];
  });
}

const orInfinity = (value: number): bigint =>
  value < 0 || value >= 2 ** 63 ? INFINITY : BigInt(Math.trunc(value));

function invalid(path: string, why: string): UserError {
  return new UserError(`cannot use cgroupsPath ${JSON.stringify(path.slice(0, 200))}: ${why}`, {
    where: "config.json /linux/cgroupsPath",
    hint: 'give one such as "system.slice:tguard:name", or start without --systemd-cgroup',
  });
}

/** Properties as StartTransientUnit and SetUnitProperties take them: `a(sv)`. */
export const toBody = (properties: readonly Property[]): DBusValue =>
  properties.map(([name, value]) => [name, value]);
