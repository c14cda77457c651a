import { type Abi, X32_BIT } from "./architecture.ts";
import { Assembler, CODE, DATA, type Label, RET } from "./bpf.ts";
import type { Condition } from "./profile.ts";

/** What to do on one syscall number: the first rule that applies (always, when `when` is empty), else `otherwise`. */
export interface Decision {
  readonly nr: number;
  readonly rules: readonly {
    readonly when: readonly (readonly Condition[])[];
    readonly action: number;
  }[];
  readonly otherwise: number;
}

/** What the prologue must know of one ABI. */
export interface AbiPlan {
  readonly abi: Abi;
  /** Numbers decided here and not in the filter behind. */
  readonly decisions: readonly Decision[];
  /** Highest number that the profile names, undefined when calls unknown to it need no ENOSYS. */
  readonly highest: number | undefined;
}

// Where a tracer skips a call it sets the number to -1 (ptrace(2)); that is no x32 call.
const NO_SYSCALL = 0xffffffff;

const ENOSYS = 38;

/**
 * The instructions in front of libseccomp's filter, to which control falls through at the end. They compare arguments;
 * they answer what a profile older than the kernel cannot name with ENOSYS, so that programs use their fallbacks; and
 * they kill on x32 numbers unless x32 was asked for. Calls of other ABIs reach the filter behind, which kills on them.
 */
export function encodePrologue(plans: readonly AbiPlan[]): Uint8Array {
  const program = new Assembler();
  const filter: Label = Symbol("filter");
  const sections = [...new Set(plans.map(({ abi }) => abi.auditArch))].map((auditArch) => ({
    auditArch,
    label: Symbol(`arch ${auditArch}`),
    plans: plans.filter(({ abi }) => abi.auditArch === auditArch),
  }));
  program.load(DATA.arch);
  for (const { auditArch, label } of sections) program.branch(CODE.JEQ, auditArch, label);
  program.goto(filter);
  for (const section of sections) {
    program.label(section.label).load(DATA.nr);
    const x32 = section.plans.find(({ abi }) => abi.base === X32_BIT);
    const plain = section.plans.find(({ abi }) => abi.base === 0);
    if (section.auditArch === AUDIT_ARCH_X86_64) addX32(program, x32, plain, filter);
    if (plain !== undefined) addNumbers(program, plain, filter);
  }
  return program.encode();
}

const AUDIT_ARCH_X86_64 = 0xc000003e;

function addX32(
  program: Assembler,
  x32: AbiPlan | undefined,
  plain: AbiPlan | undefined,
  filter: Label,
): void {
  const section: Label = Symbol("x32");
  const rest: Label = Symbol("not x32");
  const noSyscall: Label = Symbol("no syscall");
  program.branch(CODE.JEQ, NO_SYSCALL, noSyscall).branch(CODE.JGE, X32_BIT, section, rest);
  program.label(section);
  if (x32 === undefined) program.return(RET.KILL_PROCESS);
  else addNumbers(program, x32, filter);
  program.label(noSyscall);
  if (plain?.highest === undefined) program.goto(filter);
  else program.return(RET.ERRNO + ENOSYS);
  program.label(rest);
}

function addNumbers(program: Assembler, plan: AbiPlan, filter: Label): void {
  const { abi, decisions, highest } = plan;
  const labels = decisions.map(({ nr }) => Symbol(`syscall ${nr}`));
  for (const [i, { nr }] of decisions.entries()) program.branch(CODE.JEQ, nr, labels[i]);
  if (highest !== undefined) {
    const unknown: Label = Symbol("unknown");
    if (abi.privateFrom !== undefined) program.branch(CODE.JGE, abi.privateFrom, filter);
    program.branch(CODE.JGT, highest, unknown, filter);
    program.label(unknown).return(RET.ERRNO + ENOSYS);
  } else {
    program.goto(filter);
  }
  for (const [i, decision] of decisions.entries())
    addDecision(program.label(labels[i] ?? Symbol("unreachable")), decision);
}

function addDecision(program: Assembler, { rules, otherwise }: Decision): void {
  for (const { when, action } of rules) {
    if (when.length === 0) {
      program.return(action);
      return;
    }
    const hit: Label = Symbol("hit");
    const miss: Label = Symbol("miss");
    for (const [i, conditions] of when.entries()) {
      const next: Label = i === when.length - 1 ? miss : Symbol("next alternative");
      for (const condition of conditions) addCondition(program, condition, next);
      program.goto(hit);
      if (next !== miss) program.label(next);
    }
    program.label(hit).return(action).label(miss);
  }
  program.return(otherwise);
}

/** Fall through when the comparison holds, else go to `fail`. Arguments are 64-bit numbers in two halves. */
function addCondition(program: Assembler, condition: Condition, fail: Label): void {
  const { index, operator, value, valueTwo } = condition;
  const low = DATA.args + 8 * index;
  const high = low + 4;
  const ok: Label = Symbol("holds");
  const [valueHigh, valueLow] = halves(value);
  switch (operator) {
    case "MASKED_EQ": {
      const [wantHigh, wantLow] = halves(valueTwo);
      program.load(high).and(valueHigh).branch(CODE.JEQ, wantHigh, undefined, fail);
      program.load(low).and(valueLow).branch(CODE.JEQ, wantLow, undefined, fail);
      break;
    }
    case "EQ":
      program.load(high).branch(CODE.JEQ, valueHigh, undefined, fail);
      program.load(low).branch(CODE.JEQ, valueLow, undefined, fail);
      break;
    case "NE":
      program.load(high).branch(CODE.JEQ, valueHigh, undefined, ok);
      program.load(low).branch(CODE.JEQ, valueLow, fail);
      break;
    case "GT":
    case "GE":
      program.load(high).branch(CODE.JGT, valueHigh, ok);
      program.branch(CODE.JEQ, valueHigh, undefined, fail).load(low);
      program.branch(operator === "GT" ? CODE.JGT : CODE.JGE, valueLow, undefined, fail);
      break;
    default:
      program.load(high).branch(CODE.JGT, valueHigh, fail);
      program.branch(CODE.JEQ, valueHigh, undefined, ok).load(low);
      program.branch(operator === "LT" ? CODE.JGE : CODE.JGT, valueLow, fail);
  }
  program.label(ok);
}

function halves(value: bigint): readonly [high: number, low: number] {
  return [Number(value >> 32n), Number(value & 0xffffffffn)];
}
