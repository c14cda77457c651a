/**
 * What `events` prints of a container's control groups: runc's document, name by name and with its omissions (a zero is
 * left out where runc's Go types say omitempty), so that what reads runc's reads this. Pure but for the given reader.
 */
import type { CgroupPaths } from "./manage.ts";

/** JSON value with integers of 64 bits. */
export type Json =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** Where the figures come from: a control file's text, and the names in a directory. */
export interface StatsReader {
  read(path: string): string | undefined;
  list(directory: string): readonly string[];
}

/** Bytes beyond which v2's "max" is printed, as Go's MaxUint64. */
const UNLIMITED = 18446744073709551615n;
/** USER_HZ, the unit of cpuacct's files: sysconf(_SC_CLK_TCK) is 100 on every Linux. */
const NS_PER_TICK = 10_000_000n;
const NS_PER_US = 1000n;

/** The `data` of a `stats` event. */
export function readStats(paths: CgroupPaths, reader: StatsReader): Json {
  const { "": unified } = paths;
  const isV1 = Object.keys(paths).some((name) => name !== "" && !name.startsWith("name="));
  const parts = isV1 ? readV1(paths, reader) : readV2(unified, reader);
  return { ...parts, intel_rdt: {}, network_interfaces: null };
}

/** JSON text; integers are printed digit by digit, `undefined` members are left out. */
export function formatJson(value: Json | undefined): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(formatJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${formatJson(member)}`).join(",")}}`;
}

type Parts = Readonly<Record<"cpu" | "cpuset" | "memory" | "pids" | "blkio" | "hugetlb", Json>>;

function readV1(paths: CgroupPaths, reader: StatsReader): Parts {
  const text = (controller: string, file: string): string | undefined => {
    const directory = paths[controller];
    return directory === undefined ? undefined : reader.read(`${directory}/${file}`);
  };
  return {
    cpu: cpuV1(text),
    cpuset: cpusetV1(text),
    memory: memoryV1(text),
    pids: pids(text("pids", "pids.current"), text("pids", "pids.max")),
    blkio: blkioV1(text),
    hugetlb: hugetlb(paths["hugetlb"], reader, "usage_in_bytes", "max_usage_in_bytes"),
  };
}

type Text = (controller: string, file: string) => string | undefined;

function cpuV1(text: Text): Json {
  const usage = text("cpuacct", "cpuacct.usage");
  const stat = flat(text("cpuacct", "cpuacct.stat"));
  const percpu = numbers(text("cpuacct", "cpuacct.usage_percpu"));
  const table = (text("cpuacct", "cpuacct.usage_all") ?? "").trim().split("\n").slice(1);
  const column = (index: number): bigint[] => table.map((line) => integer(line.split(" ")[index]));
  const cpuStat = flat(text("cpu", "cpu.stat"));
  return {
    usage: {
      total: positive(integer(usage)),
      percpu: some(percpu),
      // cpuacct.usage_all: "cpu user system", in nanoseconds.
      percpu_kernel: some(column(2)),
      percpu_user: some(column(1)),
      kernel: (stat.get("system") ?? 0n) * NS_PER_TICK,
      user: (stat.get("user") ?? 0n) * NS_PER_TICK,
    },
    throttling: throttling(cpuStat, "throttled_time", 1n),
  };
}

function throttling(stat: ReadonlyMap<string, bigint>, time: string, unit: bigint): Json {
  return {
    periods: positive(stat.get("nr_periods")),
    throttledPeriods: positive(stat.get("nr_throttled")),
    throttledTime: positive((stat.get(time) ?? 0n) * unit),
  };
}

function cpusetV1(text: Text): Json {
  const number = (file: string): bigint => integer(text("cpuset", `cpuset.${file}`));
  return {
    cpus: some(ranges(text("cpuset", "cpuset.cpus"))),
    cpu_exclusive: number("cpu_exclusive"),
    mems: some(ranges(text("cpuset", "cpuset.mems"))),
    mem_hardwall: number("mem_hardwall"),
    mem_exclusive: number("mem_exclusive"),
    memory_migrate: number("memory_migrate"),
    memory_spread_page: number("memory_spread_page"),
    memory_spread_slab: number("memory_spread_slab"),
    memory_pressure: number("memory_pressure"),
    sched_load_balance: number("sched_load_balance"),
    sched_relax_domain_level: number("sched_relax_domain_level"),
  };
}

function memoryV1(text: Text): Json {
  const entry = (prefix: string): Json | undefined => {
    const usage = text("memory", `memory.${prefix}usage_in_bytes`);
    return usage === undefined
      ? { limit: 0, failcnt: 0 }
      : memoryEntry(
          integer(text("memory", `memory.${prefix}limit_in_bytes`)),
          integer(usage),
          integer(text("memory", `memory.${prefix}max_usage_in_bytes`)),
          integer(text("memory", `memory.${prefix}failcnt`)),
        );
  };
  const raw = flat(text("memory", "memory.stat"));
  return {
    cache: positive(raw.get("cache")),
    usage: entry(""),
    swap: entry("memsw."),
    kernel: entry("kmem."),
    kernelTCP: entry("kmem.tcp."),
    raw: sorted(raw),
  };
}

function memoryEntry(limit: bigint, usage: bigint, max: bigint, failcnt: bigint): Json {
  return { limit, usage: positive(usage), max: positive(max), failcnt };
}

/** CFQ's and BFQ's own counts where there are any, else those of throttling, which every kernel has. */
function blkioV1(text: Text): Json {
  const first = (...files: readonly string[]): Json | undefined => {
    for (const file of files) {
      const entries = blkioEntries(text("blkio", `blkio.${file}`));
      if (entries !== undefined) return entries;
    }
    return undefined;
  };
  const bfq = (name: string): Json | undefined => first(`bfq.${name}`, name);
  return {
    ioServiceBytesRecursive: first(
      "bfq.io_service_bytes_recursive",
      "io_service_bytes_recursive",
      "throttle.io_service_bytes_recursive",
      "throttle.io_service_bytes",
    ),
    ioServicedRecursive: first(
      "bfq.io_serviced_recursive",
      "io_serviced_recursive",
      "throttle.io_serviced_recursive",
      "throttle.io_serviced",
    ),
    ioQueueRecursive: bfq("io_queued_recursive"),
    ioServiceTimeRecursive: bfq("io_service_time_recursive"),
    ioWaitTimeRecursive: bfq("io_wait_time_recursive"),
    ioMergedRecursive: bfq("io_merged_recursive"),
    ioTimeRecursive: bfq("time_recursive"),
    sectorsRecursive: bfq("sectors_recursive"),
  };
}

/** Lines "8:0 Read 4096"; the closing "Total 4096" belongs to no device. */
function blkioEntries(text: string | undefined): readonly Json[] | undefined {
  const entries = (text ?? "").split("\n").flatMap((line): Json[] => {
    const match = /^(\d+):(\d+)(?: (\w+))? (\d+)$/.exec(line);
    if (match === null) return [];
    return [blkioEntry(match[1], match[2], match[3] ?? "", integer(match[4]))];
  });
  return entries.length === 0 ? undefined : entries;
}

function blkioEntry(
  major: string | undefined,
  minor: string | undefined,
  op: string,
  value: bigint,
): Json {
  return {
    major: positive(integer(major)),
    minor: positive(integer(minor)),
    op: op === "" ? undefined : op,
    value: positive(value),
  };
}

function readV2(directory: string | undefined, reader: StatsReader): Parts {
  const text = (file: string): string | undefined =>
    directory === undefined ? undefined : reader.read(`${directory}/${file}`);
  const stat = flat(text("cpu.stat"));
  const us = (name: string): bigint => (stat.get(name) ?? 0n) * NS_PER_US;
  return {
    cpu: {
      usage: {
        total: positive(us("usage_usec")),
        kernel: us("system_usec"),
        user: us("user_usec"),
      },
      throttling: throttling(stat, "throttled_usec", NS_PER_US),
      psi: pressure(text("cpu.pressure")),
    },
    // What runc prints where nothing of cpuset is read: Go's zero values.
    cpuset: {
      cpu_exclusive: 0,
      mem_hardwall: 0,
      mem_exclusive: 0,
      memory_migrate: 0,
      memory_spread_page: 0,
      memory_spread_slab: 0,
      memory_pressure: 0,
      sched_load_balance: 0,
      sched_relax_domain_level: 0,
    },
    memory: memoryV2(text),
    pids: pids(text("pids.current"), text("pids.max")),
    blkio: blkioV2(text),
    hugetlb: hugetlb(directory, reader, "current", undefined),
  };
}

function memoryV2(text: (file: string) => string | undefined): Json {
  const raw = flat(text("memory.stat"));
  const none: Json = { limit: 0, failcnt: 0 };
  const usage = integer(text("memory.current"));
  const limit = limitOf(text("memory.max"));
  const swap = text("memory.swap.current");
  const swapLimit = limitOf(text("memory.swap.max"));
  if (text("memory.current") === undefined)
    return { usage: none, swap: none, kernel: none, kernelTCP: none };
  // As on v1, what is told of swap is memory and swap together.
  const sum = swapLimit === UNLIMITED || limit === UNLIMITED ? UNLIMITED : swapLimit + limit;
  return {
    cache: positive(raw.get("file")),
    usage: memoryEntry(limit, usage, integer(text("memory.peak")), 0n),
    swap: memoryEntry(swap === undefined ? limit : sum, usage + integer(swap), 0n, 0n),
    kernel: none,
    kernelTCP: none,
    raw: sorted(raw),
    psi: pressure(text("memory.pressure")),
  };
}

/** io.stat: "8:0 rbytes=1 wbytes=2 rios=3 wios=4 …", put into v1's two tables. */
function blkioV2(text: (file: string) => string | undefined): Json {
  const bytes: Json[] = [];
  const serviced: Json[] = [];
  for (const line of (text("io.stat") ?? "").split("\n")) {
    const [device = "", ...pairs] = line.split(" ");
    const [, major, minor] = /^(\d+):(\d+)$/.exec(device) ?? [];
    if (major === undefined) continue;
    for (const pair of pairs) {
      const [key = "", value = ""] = pair.split("=");
      const op = key.startsWith("r") ? "Read" : "Write";
      if (!/^[rw](bytes|ios)$/.test(key)) continue;
      (key.endsWith("bytes") ? bytes : serviced).push(blkioEntry(major, minor, op, integer(value)));
    }
  }
  return {
    ioServiceBytesRecursive: some(bytes),
    ioServicedRecursive: some(serviced),
    psi: pressure(text("io.pressure")),
  };
}

/** accounting/psi.rst; absent where the kernel does not measure it. */
function pressure(text: string | undefined): Json | undefined {
  const line = (kind: string): Json | undefined => {
    const match = new RegExp(
      `^${kind} avg10=([\\d.]+) avg60=([\\d.]+) avg300=([\\d.]+) total=(\\d+)$`,
      "m",
    ).exec(text ?? "");
    return match === null
      ? undefined
      : {
          avg10: Number(match[1]),
          avg60: Number(match[2]),
          avg300: Number(match[3]),
          total: integer(match[4]),
        };
  };
  const someLine = line("some");
  const none: Json = { avg10: 0, avg60: 0, avg300: 0, total: 0 };
  return someLine === undefined ? undefined : { some: someLine, full: line("full") ?? none };
}

function pids(current: string | undefined, max: string | undefined): Json {
  const limit = max?.trim();
  return {
    current: positive(integer(current)),
    limit: limit === "max" ? undefined : positive(integer(limit)),
  };
}

/** One entry a page size that the group has files for. */
function hugetlb(
  directory: string | undefined,
  reader: StatsReader,
  usageFile: string,
  maxFile: string | undefined,
): Json {
  const sizes: Record<string, Json> = {};
  if (directory === undefined) return sizes;
  const suffix = `.${usageFile}`;
  for (const name of [...reader.list(directory)].sort()) {
    const size = /^hugetlb\.([0-9]+[KMG]B)\./.exec(name)?.[1];
    if (size === undefined || name !== `hugetlb.${size}${suffix}`) continue;
    const file = (end: string): string | undefined =>
      reader.read(`${directory}/hugetlb.${size}.${end}`);
    sizes[size] = {
      usage: positive(integer(file(usageFile))),
      max: maxFile === undefined ? undefined : positive(integer(file(maxFile))),
      failcnt:
        maxFile === undefined ? (flat(file("events")).get("max") ?? 0n) : integer(file("failcnt")),
    };
  }
  return sizes;
}

const integer = (text: string | undefined): bigint =>
  /^\s*-?\d+\s*$/.test(text ?? "") ? BigInt((text ?? "0").trim()) : 0n;

const limitOf = (text: string | undefined): bigint =>
  text?.trim() === "max" ? UNLIMITED : integer(text);

const positive = (value: bigint | undefined): bigint | undefined =>
  value === undefined || value === 0n ? undefined : value;

const some = <T extends Json>(list: readonly T[]): readonly T[] | undefined =>
  list.length === 0 ? undefined : list;

const numbers = (text: string | undefined): readonly bigint[] =>
  (text ?? "")
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(integer);

/** A flat keyed file: "name value" a line. */
function flat(text: string | undefined): ReadonlyMap<string, bigint> {
  const values = new Map<string, bigint>();
  for (const line of (text ?? "").split("\n")) {
    const [name = "", value] = line.split(" ");
    if (value !== undefined) values.set(name, integer(value));
  }
  return values;
}

/** Go prints maps by name. */
function sorted(values: ReadonlyMap<string, bigint>): Json | undefined {
  if (values.size === 0) return undefined;
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** cpuset(7), list format: "0-2,5" → 0 1 2 5; at most as many as Go's uint16 holds. */
function ranges(text: string | undefined): readonly number[] {
  const list: number[] = [];
  for (const part of (text ?? "").trim().split(",")) {
    const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (first === undefined) continue;
    for (let n = Number(first); n <= Math.min(Number(last ?? first), 65535); n++) list.push(n);
  }
  return list;
}
