import { UserError } from "../base/error.ts";
import type { Process, RuntimeConfig } from "../oci/runtime-config.ts";
import type { HostFacts } from "../sys/host.ts";
import { parseBitList } from "./bit-list.ts";
import type { Op } from "./ops.ts";

// sched(7), include/uapi/linux/sched.h. SCHED_ISO has a number and no implementation: the kernel answers EINVAL.
const POLICIES: Readonly<Record<string, number>> = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_ISO: 4,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
};
const RESET_ON_FORK = 0x1;
const SCHEDULER_FLAGS: Readonly<Record<string, number>> = {
  SCHED_FLAG_RESET_ON_FORK: RESET_ON_FORK,
  SCHED_FLAG_RECLAIM: 0x2,
  SCHED_FLAG_DL_OVERRUN: 0x4,
  SCHED_FLAG_KEEP_POLICY: 0x8,
  SCHED_FLAG_KEEP_PARAMS: 0x10,
  SCHED_FLAG_UTIL_CLAMP_MIN: 0x20,
  SCHED_FLAG_UTIL_CLAMP_MAX: 0x40,
};
// ioprio_set(2).
const IO_CLASSES: Readonly<Record<string, number>> = {
  IOPRIO_CLASS_RT: 1,
  IOPRIO_CLASS_BE: 2,
  IOPRIO_CLASS_IDLE: 3,
};
const IO_CLASS_SHIFT = 13;
// personality(2).
const DOMAINS: Readonly<Record<string, number>> = { LINUX: 0, LINUX32: 8 };
// set_mempolicy(2), include/uapi/linux/mempolicy.h.
const MEMORY_MODES: Readonly<Record<string, number>> = {
  MPOL_DEFAULT: 0,
  MPOL_PREFERRED: 1,
  MPOL_BIND: 2,
  MPOL_INTERLEAVE: 3,
  MPOL_LOCAL: 4,
  MPOL_PREFERRED_MANY: 5,
  MPOL_WEIGHTED_INTERLEAVE: 6,
};
const MEMORY_FLAGS: Readonly<Record<string, number>> = {
  MPOL_F_NUMA_BALANCING: 1 << 13,
  MPOL_F_RELATIVE_NODES: 1 << 14,
  MPOL_F_STATIC_NODES: 1 << 15,
};

/** Names that config.json may use, for `features`. */
export const MEMORY_POLICY_MODES: readonly string[] = Object.keys(MEMORY_MODES);
export const MEMORY_POLICY_FLAGS: readonly string[] = Object.keys(MEMORY_FLAGS);

/** Operations on scheduling: where they run matters, for rights and for what fork passes on. */
export interface SchedulingOps {
  /** With the rights of the host, before a user namespace is entered. */
  readonly join: readonly Op[];
  /** In the container's process, before its capabilities go. */
  readonly container: readonly Op[];
}

/** Plan `process.scheduler`, `process.ioPriority`, `linux.personality` and `linux.memoryPolicy`. */
export function planScheduling(
  config: RuntimeConfig,
  process: Process,
  host: HostFacts,
): SchedulingOps {
  const inUserNamespace = (config.linux?.namespaces ?? []).some(({ type }) => type === "user");
  const early = host.euid === 0 && inUserNamespace;
  const scheduler = schedulerOps(process);
  const io = ioPriorityOps(process);
  // What fork(2) does not pass on can be set in the process itself alone.
  const isInherited = scheduler.every(
    (op) =>
      op.op !== "sched_setattr" ||
      (op.policy !== POLICIES["SCHED_DEADLINE"] && (Number(op.flags) & RESET_ON_FORK) === 0),
  );
  return {
    join: early ? [...(isInherited ? scheduler : []), ...io] : [],
    container: [
      ...(early && isInherited ? [] : scheduler),
      ...(early ? [] : io),
      ...personalityOps(config),
      ...memoryPolicyOps(config),
    ],
  };
}

/**
 * Plan one half of `process.execCPUAffinity`, which only `exec` has: `initial` before the control group is entered, `final` after.
 * (config.md#linux-process: not for the container's init process.)
 */
export function planExecAffinity(process: Process, when: "initial" | "final"): readonly Op[] {
  const list = process.execCPUAffinity?.[when] ?? "";
  if (list.trim() === "") return [];
  const at = `/process/execCPUAffinity/${when}`;
  return [{ op: "sched_setaffinity", at, mask: maskOf(list, at, "processors") }];
}

function schedulerOps({ scheduler }: Process): readonly Op[] {
  if (scheduler === undefined) return [];
  return [
    {
      op: "sched_setattr",
      at: "/process/scheduler",
      policy: POLICIES[scheduler.policy] ?? 0,
      flags: sumOf(scheduler.flags, SCHEDULER_FLAGS),
      nice: scheduler.nice ?? 0,
      priority: scheduler.priority ?? 0,
      runtime: scheduler.runtime ?? 0,
      deadline: scheduler.deadline ?? 0,
      period: scheduler.period ?? 0,
    },
  ];
}

function ioPriorityOps({ ioPriority }: Process): readonly Op[] {
  if (ioPriority === undefined) return [];
  const level = IO_CLASSES[ioPriority.class] ?? 0;
  return [
    {
      op: "ioprio_set",
      at: "/process/ioPriority",
      value: (level << IO_CLASS_SHIFT) | (ioPriority.priority ?? 0),
    },
  ];
}

function personalityOps(config: RuntimeConfig): readonly Op[] {
  const personality = config.linux?.personality;
  return personality === undefined
    ? []
    : [{ op: "personality", at: "/linux/personality", persona: DOMAINS[personality.domain] ?? 0 }];
}

function memoryPolicyOps(config: RuntimeConfig): readonly Op[] {
  const policy = config.linux?.memoryPolicy;
  if (policy === undefined) return [];
  return [
    {
      op: "set_mempolicy",
      at: "/linux/memoryPolicy",
      mode: (MEMORY_MODES[policy.mode] ?? 0) | sumOf(policy.flags, MEMORY_FLAGS),
      nodes: maskOf(policy.nodes ?? "", "/linux/memoryPolicy/nodes", "memory nodes"),
    },
  ];
}

function maskOf(list: string, at: string, what: string): Uint8Array {
  const mask = parseBitList(list);
  if (mask !== undefined) return mask;
  throw new UserError(`"${list}" is no list of ${what}`, {
    where: `config.json ${at}`,
    hint: "write it as 0-3,7",
  });
}

function sumOf(
  names: readonly string[] | undefined,
  values: Readonly<Record<string, number>>,
): number {
  return (names ?? []).reduce((sum, name) => sum | (values[name] ?? 0), 0);
}
