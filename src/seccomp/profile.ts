import { UserError } from "../base/error.ts";
import type { Seccomp, SeccompSyscall } from "../oci/runtime-config.ts";
import { ARCHITECTURES, type Architecture } from "./architecture.ts";
import { RET } from "./bpf.ts";

/** The operators of config-linux.md#seccomp. */
export type Operator = "NE" | "LT" | "LE" | "EQ" | "GE" | "GT" | "MASKED_EQ";

/** One argument comparison; for MASKED_EQ: (argument & value) == valueTwo. */
export interface Condition {
  readonly index: number;
  readonly operator: Operator;
  readonly value: bigint;
  readonly valueTwo: bigint;
}

/** One rule of a profile for one syscall name. */
export interface ProfileRule {
  readonly name: string;
  /** SECCOMP_RET_* with its data. */
  readonly action: number;
  /** Alternatives, each a list of comparisons that must all hold; empty when the rule always applies. */
  readonly when: readonly (readonly Condition[])[];
}

/** A checked seccomp section, in numbers. */
export interface Profile {
  readonly defaultAction: number;
  readonly architectures: readonly Architecture[];
  readonly flags: ReadonlySet<string>;
  readonly rules: readonly ProfileRule[];
  /** Whether some rule needs a listener (SCMP_ACT_NOTIFY). */
  readonly notifies: boolean;
}

// config-linux.md#seccomp, syscalls[].action; values of linux/seccomp.h.
const ACTIONS: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: RET.KILL_THREAD,
  SCMP_ACT_KILL_THREAD: RET.KILL_THREAD,
  SCMP_ACT_KILL_PROCESS: RET.KILL_PROCESS,
  SCMP_ACT_TRAP: RET.TRAP,
  SCMP_ACT_ERRNO: RET.ERRNO,
  SCMP_ACT_TRACE: RET.TRACE,
  SCMP_ACT_ALLOW: RET.ALLOW,
  SCMP_ACT_LOG: RET.LOG,
  SCMP_ACT_NOTIFY: RET.USER_NOTIF,
};

// config-linux.md#seccomp, flags.
const FLAGS: readonly string[] = [
  "SECCOMP_FILTER_FLAG_TSYNC",
  "SECCOMP_FILTER_FLAG_LOG",
  "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
  "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
];

const OPERATORS: readonly string[] = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"];

/** Names that a profile may use, for `features`. */
export const ACTION_NAMES: readonly string[] = Object.keys(ACTIONS);
export const FLAG_NAMES: readonly string[] = FLAGS;
export const OPERATOR_NAMES: readonly string[] = OPERATORS.map((name) => `SCMP_CMP_${name}`);

const EPERM = 1;
const MAX_ERRNO = 4094; // the largest libseccomp takes; linux/err.h ends at 4095
const MAX_ARGUMENTS = 6;
const MAX_RULES = 10_000; // names times comparisons; the largest profiles in use have about 400

/**
 * Check a seccomp section and put it into numbers. Knows nothing about the machine.
 * @throws UserError with the JSON pointer of the entry that is unknown, out of range or contradictory.
 */
export function parseProfile(seccomp: Seccomp): Profile {
  const defaultAction = parseAction(seccomp.defaultAction, seccomp.defaultErrnoRet, "", "default");
  // The runtime's own calls between installing the filter and handing over the listener would wait for it for ever.
  if (defaultAction === RET.USER_NOTIF)
    fail("SCMP_ACT_NOTIFY cannot be the default action", "/defaultAction");
  const flags = seccomp.flags ?? [];
  for (const [i, flag] of flags.entries())
    if (!FLAGS.includes(flag)) fail(`unknown seccomp flag "${flag}"`, `/flags/${i}`, FLAGS);
  if (seccomp.listenerMetadata !== undefined && seccomp.listenerPath === undefined)
    fail("listenerMetadata is set, but listenerPath is not", "/listenerMetadata");

  const rules = (seccomp.syscalls ?? []).flatMap(parseRules);
  const parts = rules.reduce((sum, { when }) => sum + Math.max(when.length, 1), 0);
  if (parts > MAX_RULES) fail(`${parts} rules; tguard takes ${MAX_RULES}`, "/syscalls");
  return {
    defaultAction,
    architectures: (seccomp.architectures ?? []).map(parseArchitecture),
    flags: new Set(flags),
    rules,
    notifies: rules.some(({ action }) => action === RET.USER_NOTIF),
  };
}

function parseArchitecture(name: string, i: number): Architecture {
  return (
    ARCHITECTURES.find((arch) => arch.name === name) ??
    fail(
      `unknown seccomp architecture "${name}"`,
      `/architectures/${i}`,
      ARCHITECTURES.map((arch) => arch.name),
    )
  );
}

function parseRules(entry: SeccompSyscall, i: number): readonly ProfileRule[] {
  const at = `/syscalls/${i}`;
  const action = parseAction(entry.action, entry.errnoRet, at, "rule");
  const conditions = (entry.args ?? []).map((arg, j) => parseCondition(arg, `${at}/args/${j}`));
  const indexes = conditions.map(({ index }) => index);
  // Comparing one argument twice turns "and" into "or" for the whole entry, in runc and so everywhere.
  const isAlternatives = new Set(indexes).size < indexes.length;
  const when = isAlternatives
    ? conditions.map((condition) => [condition])
    : conditions.length > 0
      ? [conditions]
      : [];
  if (entry.names.length === 0) fail("an entry needs at least one name", `${at}/names`);
  return entry.names.map((name, j) => {
    // The record of the listener goes out with these calls after the filter is in force.
    if (action === RET.USER_NOTIF && (name === "write" || name === "sendmsg"))
      fail(`SCMP_ACT_NOTIFY cannot be used for ${name}`, `${at}/names/${j}`);
    return { name, action, when };
  });
}

function parseAction(
  name: string,
  errnoRet: number | undefined,
  at: string,
  kind: "default" | "rule",
): number {
  const [actionKey, errnoKey] =
    kind === "default" ? ["defaultAction", "defaultErrnoRet"] : ["action", "errnoRet"];
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined)
    return fail(`unknown seccomp action "${name}"`, `${at}/${actionKey}`, Object.keys(ACTIONS));
  const takesErrno = action === RET.ERRNO || action === RET.TRACE;
  if (!takesErrno) {
    if (errnoRet !== undefined)
      fail(`${name} takes no errno, but ${errnoKey} is set`, `${at}/${errnoKey}`);
    return action;
  }
  const errno = errnoRet ?? EPERM;
  const limit = action === RET.ERRNO ? MAX_ERRNO : 0xffff;
  if (!Number.isInteger(errno) || errno < 0 || errno > limit)
    fail(`${errnoKey} is ${errno}, not an integer from 0 to ${limit}`, `${at}/${errnoKey}`);
  return action + errno;
}

function parseCondition(arg: NonNullable<SeccompSyscall["args"]>[number], at: string): Condition {
  if (!Number.isInteger(arg.index) || arg.index < 0 || arg.index >= MAX_ARGUMENTS)
    fail(`argument index is ${arg.index}, not 0 to ${MAX_ARGUMENTS - 1}`, `${at}/index`);
  const operator = arg.op.startsWith("SCMP_CMP_") ? arg.op.slice("SCMP_CMP_".length) : "";
  if (!isOperator(operator))
    return fail(
      `unknown seccomp operator "${arg.op}"`,
      `${at}/op`,
      OPERATORS.map((known) => `SCMP_CMP_${known}`),
    );
  return {
    index: arg.index,
    operator,
    value: parseValue(arg.value, `${at}/value`),
    valueTwo: parseValue(arg.valueTwo ?? 0, `${at}/valueTwo`),
  };
}

function isOperator(name: string): name is Operator {
  return OPERATORS.includes(name);
}

function parseValue(value: number, at: string): bigint {
  if (!Number.isSafeInteger(value) || value < 0)
    fail(
      `${value} is not an integer from 0 to 2^53 - 1, the numbers that JSON keeps exact`,
      at,
      undefined,
      "compare only the bits that matter with SCMP_CMP_MASKED_EQ",
    );
  return BigInt(value);
}

function fail(what: string, at: string, known?: readonly string[], hint?: string): never {
  const advice = known === undefined ? hint : `use one of ${known.join(", ")}`;
  throw new UserError(what, {
    where: `config.json /linux/seccomp${at}`,
    ...(advice === undefined ? {} : { hint: advice }),
  });
}
