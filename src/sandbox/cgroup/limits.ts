/**
 * linux.resources (config-linux.md#control-groups) → files and values, for cgroup v1 and v2 alike.
 * A pure table: which of the two applies, and whether the controller is there, is plan.ts's question.
 * File names and units: the kernel's admin-guide/cgroup-v1/*.rst and admin-guide/cgroup-v2.rst.
 */

import { UserError } from "../../base/error.ts";
import type { BlockIO, Resources } from "../../oci/runtime-config.ts";
import type { CgroupFacts } from "./detect.ts";

/** One write(2) to a control file. */
export interface Write {
  readonly file: string;
  readonly value: string;
  /** The file may be missing: then the value is what the kernel does anyway. */
  readonly optional?: true;
}

/** What a limit means on one cgroup version: writes, or why there are none. */
export type Effect =
  | { readonly kind: "write"; readonly writes: readonly Write[] }
  /** Cannot be had; the container would run without a limit that was asked for. */
  | { readonly kind: "unsupported"; readonly why: string }
  /** Has no meaning here, and nothing is less limited for it. */
  | { readonly kind: "ignored"; readonly why: string };

/** One entry of linux.resources. */
export interface Limit {
  /** JSON pointer into config.json. */
  readonly at: string;
  /** The v1 name ("blkio" stands for v2's "io"). */
  readonly controller: string;
  readonly v1: Effect;
  readonly v2: Effect;
}

const ROOT = "/linux/resources";

/**
 * Every limit of `resources` but devices, in the order in which it must be written.
 * @throws UserError for a value that no kernel takes.
 */
export function limitsOf(resources: Resources, facts: CgroupFacts): readonly Limit[] {
  return [
    ...cpuLimits(resources),
    ...cpusetLimits(resources),
    ...memoryLimits(resources),
    ...pidsLimits(resources),
    ...blockIoLimits(resources.blockIO ?? {}, facts.io),
    ...hugepageLimits(resources, facts),
    ...networkLimits(resources),
    ...rdmaLimits(resources),
    ...unifiedLimits(resources),
  ];
}

/**
 * CPU shares (2 to 262144, default 1024) → weight (1 to 10000, default 100), as runc 1.4 (opencontainers/cgroups#20, runc#4785)
 * and crun 1.23 (crun#1721) do: a curve through minimum, default and maximum. Older versions used a line that gave 39 for the default.
 */
export function sharesToWeight(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262144) return 10000;
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

/** Block I/O weight (10 to 1000) → io.weight (1 to 10000), the line that runc and crun use where there is no BFQ. */
export function blkioToIoWeight(weight: number): number {
  return 1 + Math.trunc(((weight - 10) * 9999) / 990);
}

function cpuLimits({ cpu = {} }: Resources): readonly Limit[] {
  const limits: Limit[] = [];
  const add = (field: string, v1: Effect, v2: Effect): void => {
    limits.push({ at: `${ROOT}/cpu/${field}`, controller: "cpu", v1, v2 });
  };
  if (isSet(cpu.shares)) {
    // The kernel clamps (kernel/sched/core.c MIN_SHARES, MAX_SHARES); clamping here shows the true value in the plan.
    const shares = Math.min(Math.max(cpu.shares, 2), 262144);
    if (cpu.idle === 1) {
      const why = "an idle group has no weight (cgroup-v2.rst, cpu.idle)";
      add("shares", ignored(why), ignored(why));
    } else {
      const weight = sharesToWeight(shares);
      add("shares", write("cpu.shares", shares), write("cpu.weight", weight));
    }
  }
  // cpu.max takes both in one write; v1's new group has period 100000 and no quota, so period first is always accepted.
  const hasQuota = isSet(cpu.quota);
  if (isSet(cpu.period)) {
    const value = `${hasQuota && cpu.quota > 0 ? number(cpu.quota) : "max"} ${number(cpu.period)}`;
    add(
      "period",
      write("cpu.cfs_period_us", cpu.period),
      hasQuota ? NOTHING : write("cpu.max", value),
    );
    if (hasQuota)
      add("quota", write("cpu.cfs_quota_us", Math.max(cpu.quota, -1)), write("cpu.max", value));
  } else if (hasQuota) {
    const value = cpu.quota > 0 ? number(cpu.quota) : "max";
    add("quota", write("cpu.cfs_quota_us", Math.max(cpu.quota, -1)), write("cpu.max", value));
  }
  if (isSet(cpu.burst))
    add("burst", write("cpu.cfs_burst_us", cpu.burst), write("cpu.max.burst", cpu.burst));
  const noRealtime = unsupported("cgroup v2 has no realtime limits (cgroup-v2.rst, CPU)");
  if (isSet(cpu.realtimePeriod))
    add("realtimePeriod", write("cpu.rt_period_us", cpu.realtimePeriod), noRealtime);
  if (isSet(cpu.realtimeRuntime))
    add("realtimeRuntime", write("cpu.rt_runtime_us", cpu.realtimeRuntime), noRealtime);
  if (cpu.idle !== undefined) add("idle", write("cpu.idle", cpu.idle), write("cpu.idle", cpu.idle));
  return limits;
}

function cpusetLimits({ cpu = {} }: Resources): readonly Limit[] {
  return (["cpus", "mems"] as const).flatMap((field) => {
    const list = cpu[field];
    if (list === undefined || list === "") return [];
    const at = `${ROOT}/cpu/${field}`;
    // cpuset(7), "List format".
    if (!/^\d+(-\d+(:\d+\/\d+)?)?(,\d+(-\d+(:\d+\/\d+)?)?)*$/.test(list.trim()))
      throw new UserError(`"${list}" is not a list of numbers and ranges such as "0-3,5"`, {
        where: `config.json ${at}`,
      });
    const effect = write(`cpuset.${field}`, list.trim());
    return [{ at, controller: "cpuset", v1: effect, v2: effect }];
  });
}

function memoryLimits({ memory = {} }: Resources): readonly Limit[] {
  const limits: Limit[] = [];
  const add = (field: string, v1: Effect, v2: Effect): void => {
    limits.push({ at: `${ROOT}/memory/${field}`, controller: "memory", v1, v2 });
  };
  const { limit, swap, swappiness } = memory;
  // Engines write 0 for "not set" (Go's zero value; runc reads it so); a real 0 would kill the workload at its first page.
  if (memory.useHierarchy === true)
    add("useHierarchy", write("memory.use_hierarchy", 1, "optional"), NOTHING);
  // runc ignores both; Linux has refused the first since 5.16, and v2 never had them.
  const noKernel = ignored("Linux no longer limits kernel memory by itself: it counts as memory");
  if (isSet(memory.kernel)) add("kernel", noKernel, noKernel);
  if (isSet(memory.kernelTCP))
    add(
      "kernelTCP",
      write("memory.kmem.tcp.limit_in_bytes", unlimited(memory.kernelTCP, "-1"), "optional"),
      noKernel,
    );
  if (isSet(limit))
    add(
      "limit",
      write("memory.limit_in_bytes", unlimited(limit, "-1")),
      write("memory.max", unlimited(limit, "max")),
    );
  if (isSet(swap))
    add("swap", write("memory.memsw.limit_in_bytes", unlimited(swap, "-1")), swapMax());
  if (isSet(memory.reservation))
    add(
      "reservation",
      write("memory.soft_limit_in_bytes", unlimited(memory.reservation, "-1")),
      write("memory.low", unlimited(memory.reservation, "max")),
    );
  if (swappiness !== undefined) {
    if (swappiness > 100 || swappiness < 0)
      throw new UserError(`memory swappiness ${swappiness} is outside 0 to 100`, {
        where: `config.json ${ROOT}/memory/swappiness`,
      });
    add(
      "swappiness",
      write("memory.swappiness", swappiness),
      ignored("cgroup v2 has no swappiness of a group"),
    );
  }
  if (memory.disableOOMKiller === true)
    add(
      "disableOOMKiller",
      write("memory.oom_control", 1),
      ignored("cgroup v2 cannot switch off the OOM killer"),
    );
  return limits;

  /** config-linux.md: `swap` is memory and swap together; cgroup v2 counts swap alone. */
  function swapMax(): Effect {
    const where = `config.json ${ROOT}/memory/swap`;
    if (swap === undefined || swap < 0) return write("memory.swap.max", "max", "optional");
    if (!isSet(limit))
      throw new UserError("memory.swap (memory and swap together) needs memory.limit beside it", {
        where,
        hint: "set /linux/resources/memory/limit, at most as large as swap",
      });
    // Without a memory limit the sum cannot be split: all of it may be swap, as runc has it.
    if (limit < 0) return write("memory.swap.max", unlimited(swap, "max"));
    if (swap < limit)
      throw new UserError(
        `memory.swap ${swap} is less than memory.limit ${limit}, but it counts memory and swap together`,
        { where, hint: `set it to ${limit} for no swap at all` },
      );
    return swap === limit
      ? write("memory.swap.max", 0, "optional")
      : write("memory.swap.max", unlimited(swap - limit, "max"));
  }
}

/** runtime-spec 1.3 (#1279) and runc 1.4 (#5004): absent is "leave", -1 is "no limit", 0 is a limit of none. */
function pidsLimits({ pids }: Resources): readonly Limit[] {
  if (pids?.limit === undefined) return [];
  const effect = write("pids.max", pids.limit < 0 ? "max" : pids.limit);
  return [{ at: `${ROOT}/pids/limit`, controller: "pids", v1: effect, v2: effect }];
}

function blockIoLimits(blockIO: BlockIO, io: CgroupFacts["io"]): readonly Limit[] {
  const limits: Limit[] = [];
  const add = (field: string, v1: Effect, v2: Effect): void => {
    limits.push({ at: `${ROOT}/blockIO/${field}`, controller: "blkio", v1, v2 });
  };
  const noWeight = unsupported("this kernel weighs block I/O neither by BFQ nor by io.cost");
  // CFQ's leaf weights went with CFQ in Linux 5.0.
  const noLeaf = unsupported("leaf weights were a part of CFQ, which Linux 5.0 removed");
  const checkWeight = (weight: number, at: string): void => {
    if (weight < 10 || weight > 1000)
      throw new UserError(`block I/O weight ${weight} is outside 10 to 1000`, {
        where: `config.json ${ROOT}/blockIO/${at}`,
      });
  };
  if (isSet(blockIO.weight)) {
    const { weight } = blockIO;
    checkWeight(weight, "weight");
    const v1 = io.bfq ? write("blkio.bfq.weight", weight) : noWeight;
    const cost = io.cost ? write("io.weight", `default ${blkioToIoWeight(weight)}`) : noWeight;
    add("weight", v1, io.bfq ? write("io.bfq.weight", weight) : cost);
  }
  if (isSet(blockIO.leafWeight)) add("leafWeight", noLeaf, noLeaf);
  for (const [index, { major, minor, weight, leafWeight }] of (
    blockIO.weightDevice ?? []
  ).entries()) {
    if (isSet(weight)) {
      const at = `weightDevice/${index}/weight`;
      checkWeight(weight, at);
      const device = `${number(major)}:${number(minor)}`;
      const v1 = io.bfq ? write("blkio.bfq.weight_device", `${device} ${weight}`) : noWeight;
      const cost = io.cost ? write("io.weight", `${device} ${blkioToIoWeight(weight)}`) : noWeight;
      add(at, v1, io.bfq ? write("io.bfq.weight", `${device} ${weight}`) : cost);
    }
    if (isSet(leafWeight)) add(`weightDevice/${index}/leafWeight`, noLeaf, noLeaf);
  }
  for (const [field, file, key] of THROTTLES)
    for (const [index, { major, minor, rate }] of (blockIO[field] ?? []).entries()) {
      const device = `${number(major)}:${number(minor)}`;
      // v1 takes one device a write, and 0 for no limit; v2 wants "max" for that.
      add(
        `${field}/${index}`,
        write(file, `${device} ${number(rate)}`),
        write("io.max", `${device} ${key}=${rate === 0 ? "max" : number(rate)}`),
      );
    }
  return limits;
}

const THROTTLES = [
  ["throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps"],
  ["throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps"],
  ["throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops"],
  ["throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops"],
] as const;

function hugepageLimits(resources: Resources, facts: CgroupFacts): readonly Limit[] {
  return (resources.hugepageLimits ?? []).map(({ pageSize, limit }, index) => {
    const at = `${ROOT}/hugepageLimits/${index}`;
    if (!/^[1-9][0-9]*[KMG]B$/.test(pageSize))
      throw new UserError(`"${pageSize}" is not a page size such as "2MB"`, {
        where: `config.json ${at}/pageSize`,
      });
    if (!facts.hugepageSizes.includes(pageSize)) {
      const known = facts.hugepageSizes.join(", ");
      const effect = unsupported(
        `this kernel has no ${pageSize} pages${known === "" ? "" : ` (but ${known})`}`,
      );
      return { at, controller: "hugetlb", v1: effect, v2: effect };
    }
    const name = `hugetlb.${pageSize}`;
    // Reservations have a limit of their own since Linux 5.7 (hugetlb.rst); the first one alone lets a process reserve and be killed later.
    return {
      at,
      controller: "hugetlb",
      v1: writes(
        { file: `${name}.limit_in_bytes`, value: unlimited(limit, "-1") },
        { file: `${name}.rsvd.limit_in_bytes`, value: unlimited(limit, "-1"), optional: true },
      ),
      v2: writes(
        { file: `${name}.max`, value: unlimited(limit, "max") },
        { file: `${name}.rsvd.max`, value: unlimited(limit, "max"), optional: true },
      ),
    };
  });
}

function networkLimits({ network = {} }: Resources): readonly Limit[] {
  const limits: Limit[] = [];
  const gone = unsupported("cgroup v2 has no network classes and priorities");
  if (isSet(network.classID))
    limits.push({
      at: `${ROOT}/network/classID`,
      controller: "net_cls",
      v1: write("net_cls.classid", network.classID),
      v2: gone,
    });
  for (const [index, { name, priority }] of (network.priorities ?? []).entries()) {
    const at = `${ROOT}/network/priorities/${index}`;
    // netdevice(7): up to 15 bytes without slash or white space; a space would add a field to the line.
    if (!/^[^\s/\0]{1,15}$/.test(name))
      throw new UserError(`"${name}" is not the name of a network interface`, {
        where: `config.json ${at}/name`,
      });
    limits.push({
      at,
      controller: "net_prio",
      v1: write("net_prio.ifpriomap", `${name} ${number(priority)}`),
      v2: gone,
    });
  }
  return limits;
}

function rdmaLimits({ rdma = {} }: Resources): readonly Limit[] {
  return Object.entries(rdma).map(([device, { hcaHandles, hcaObjects }]) => {
    const at = `${ROOT}/rdma/${escapePointer(device)}`;
    if (!/^[^\s=/\0]+$/.test(device))
      throw new UserError(`"${device}" is not the name of an RDMA device`, {
        where: `config.json ${at}`,
      });
    const parts = [
      ...(hcaHandles === undefined ? [] : [`hca_handle=${number(hcaHandles)}`]),
      ...(hcaObjects === undefined ? [] : [`hca_object=${number(hcaObjects)}`]),
    ];
    const effect = parts.length === 0 ? NOTHING : write("rdma.max", [device, ...parts].join(" "));
    return { at, controller: "rdma", v1: effect, v2: effect };
  });
}

/** config-linux.md#unified: any v2 file by name. Files that steer the group instead of limiting it stay tguard's own. */
function unifiedLimits({ unified = {} }: Resources): readonly Limit[] {
  return Object.entries(unified).map(([file, value]) => {
    const at = `${ROOT}/unified/${escapePointer(file)}`;
    const [controller = "", ...rest] = file.split(".");
    if (!/^[a-z0-9_]+(\.[A-Za-z0-9_]+)+$/.test(file) || rest.length === 0)
      throw new UserError(`"${file}" is not the name of a cgroup v2 file`, {
        where: `config.json ${at}`,
      });
    if (controller === "cgroup" && !/^cgroup\.(max\.(depth|descendants)|pressure)$/.test(file))
      throw new UserError(`"${file}" limits nothing; it is written by tguard itself`, {
        where: `config.json ${at}`,
      });
    const lines = value.split("\n").filter((line) => line !== "");
    return {
      at,
      controller: controller === "io" ? "blkio" : controller,
      v1: unsupported("unified is for cgroup v2"),
      // Files such as io.max take one line a write.
      v2: writes(...(lines.length === 0 ? [""] : lines).map((line) => ({ file, value: line }))),
    };
  });
}

const NOTHING: Effect = { kind: "write", writes: [] };

const writes = (...list: readonly Write[]): Effect => ({ kind: "write", writes: list });

function write(file: string, value: number | string, optional?: "optional"): Effect {
  const text = typeof value === "number" ? number(value) : value;
  return writes(
    optional === undefined ? { file, value: text } : { file, value: text, optional: true },
  );
}

const unsupported = (why: string): Effect => ({ kind: "unsupported", why });
const ignored = (why: string): Effect => ({ kind: "ignored", why });

/** 0 is Go's zero value, which engines write for "not set"; runc reads it so everywhere but in pids and swappiness. */
function isSet(value: number | undefined): value is number {
  return value !== undefined && value !== 0;
}

/** Digits of an integer; JavaScript itself rounds to 17 digits beyond 2^53. */
function number(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toString();
}

/** A byte count; negative or beyond 2^63 (where the kernel's parser wraps around) means no limit. */
function unlimited(bytes: number, none: "max" | "-1"): string {
  return bytes < 0 || bytes >= 2 ** 63 ? none : number(bytes);
}

const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
