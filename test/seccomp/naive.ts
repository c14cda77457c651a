import type { Seccomp, SeccompSyscall } from "../../src/oci/runtime-config.ts";

type Arg = NonNullable<SeccompSyscall["args"]>[number];

const ACTIONS: Record<string, number> = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x30000,
  SCMP_ACT_ERRNO: 0x50000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
  SCMP_ACT_NOTIFY: 0x7fc00000,
};

/** The action number of an OCI action, as the specification words it. */
export function actionOf(name: string, errnoRet?: number): number {
  const data = name === "SCMP_ACT_ERRNO" || name === "SCMP_ACT_TRACE" ? (errnoRet ?? 1) : 0;
  return (ACTIONS[name] ?? Number.NaN) + data;
}

/**
 * All actions that a profile may answer a syscall of a covered architecture with, read from the profile alone;
 * more than one when conditional rules with different actions overlap.
 */
export function naiveActions(seccomp: Seccomp, name: string, args: readonly bigint[]): Set<number> {
  const byDefault = actionOf(seccomp.defaultAction, seccomp.defaultErrnoRet);
  const rules = (seccomp.syscalls ?? [])
    .filter((rule) => rule.names.includes(name))
    .map((rule) => ({ rule, action: actionOf(rule.action, rule.errnoRet) }))
    .filter(({ action }) => action !== byDefault);
  const always = rules.find(({ rule }) => (rule.args ?? []).length === 0);
  if (always !== undefined) return new Set([always.action]);
  const hits = rules.filter(({ rule }) => holds(rule.args ?? [], args));
  return new Set(hits.length === 0 ? [byDefault] : hits.map(({ action }) => action));
}

function holds(conditions: readonly Arg[], args: readonly bigint[]): boolean {
  const results = conditions.map((condition) => compare(condition, args[condition.index] ?? 0n));
  const repeats = new Set(conditions.map(({ index }) => index)).size < conditions.length;
  return repeats ? results.includes(true) : !results.includes(false);
}

function compare({ op, value, valueTwo }: Arg, arg: bigint): boolean {
  const wanted = BigInt(value);
  switch (op) {
    case "SCMP_CMP_NE":
      return arg !== wanted;
    case "SCMP_CMP_LT":
      return arg < wanted;
    case "SCMP_CMP_LE":
      return arg <= wanted;
    case "SCMP_CMP_EQ":
      return arg === wanted;
    case "SCMP_CMP_GE":
      return arg >= wanted;
    case "SCMP_CMP_GT":
      return arg > wanted;
    default:
      return (arg & wanted) === BigInt(valueTwo ?? 0);
  }
}
