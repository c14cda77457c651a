import { UserError } from "../base/error.ts";
import type { Seccomp } from "../oci/runtime-config.ts";
import { FILTER_ATTRIBUTE, type Libseccomp, loadLibseccomp } from "../sys/libseccomp.ts";
import { type Abi, HOST_ABIS, type HostArch } from "./architecture.ts";
import { INSTRUCTION_SIZE, MAX_INSTRUCTIONS, RET } from "./bpf.ts";
import { newerSyscall } from "./newer-syscalls.ts";
import { type Profile, type ProfileRule, parseProfile } from "./profile.ts";
import { type AbiPlan, type Decision, encodePrologue } from "./prologue.ts";

/** A filter ready for seccomp(2). */
export interface CompiledFilter {
  /** An array of `struct sock_filter`, 8 bytes each, at most 4096 of them. */
  readonly bpf: Uint8Array;
  /** SECCOMP_FILTER_FLAG_* bits for seccomp(SECCOMP_SET_MODE_FILTER). */
  readonly flags: number;
  /** True when seccomp(2) will return a listener (some rule says SCMP_ACT_NOTIFY). */
  readonly listener: boolean;
  /** Names in the profile that no architecture of the machine has, sorted; their rules have no effect. */
  readonly skipped: readonly string[];
}

/** The facts of the machine that a filter depends on. */
export interface FilterHost {
  readonly arch: HostArch;
  /** uname(2) release: "6.1.0-18-amd64". */
  readonly kernelRelease: string;
}

// linux/seccomp.h, with the kernel that brought each; seccomp(2).
const FLAG = {
  TSYNC: 1 << 0,
  LOG: 1 << 1,
  SPEC_ALLOW: 1 << 2,
  NEW_LISTENER: 1 << 3,
  WAIT_KILLABLE_RECV: 1 << 5,
} as const;
const FLAG_SINCE: Readonly<Record<string, readonly [number, number]>> = {
  LOG: [4, 14],
  SPEC_ALLOW: [4, 17],
  NEW_LISTENER: [5, 0],
  WAIT_KILLABLE_RECV: [5, 19],
};

// Below this many rules a list is as fast as libseccomp's binary tree, and old versions break on an empty tree.
const TREE_FROM_RULES = 32;

/**
 * Compile a profile for a machine. As in runc: the machine's own architecture is always covered; names that nothing
 * knows and rules that only repeat the default action have no effect; an unconditional rule for a syscall wins over
 * conditional ones. Of conditional rules that overlap, the first in the profile decides. Architectures that the
 * machine's kernel cannot run are left out, as their calls cannot happen.
 * @throws UserError for what is wrong in the profile (with its JSON pointer), a kernel too old for it, or no libseccomp.
 */
export async function compileSeccomp(seccomp: Seccomp, host: FilterHost): Promise<CompiledFilter> {
  const profile = parseProfile(seccomp);
  const flags = planFlags(profile, host.kernelRelease);
  const library = await loadLibseccomp();
  const abis = selectAbis(profile, host.arch);
  const plan = planRules(profile, abis, library);
  const prologue = encodePrologue(plan.abis);
  const filter = buildFilter(library, profile, abis, plan.forLibrary);
  const length = (prologue.length + filter.length) / INSTRUCTION_SIZE;
  if (length > MAX_INSTRUCTIONS)
    throw new UserError(
      `the seccomp filter would have ${length} instructions, the kernel takes ${MAX_INSTRUCTIONS}`,
      { where: "config.json /linux/seccomp/syscalls", hint: "use fewer rules with args" },
    );
  const bpf = new Uint8Array(prologue.length + filter.length);
  bpf.set(prologue);
  bpf.set(filter, prologue.length);
  return { bpf, flags, listener: profile.notifies, skipped: plan.skipped };
}

function planFlags({ flags, notifies }: Profile, kernelRelease: string): number {
  const wanted: (keyof typeof FLAG)[] = [];
  if (flags.has("SECCOMP_FILTER_FLAG_LOG")) wanted.push("LOG");
  if (flags.has("SECCOMP_FILTER_FLAG_SPEC_ALLOW")) wanted.push("SPEC_ALLOW");
  if (notifies) wanted.push("NEW_LISTENER");
  // seccomp(2): without a listener the kernel refuses this flag, with one it refuses TSYNC, which means nothing to a
  // process of one thread.
  if (flags.has("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") && notifies)
    wanted.push("WAIT_KILLABLE_RECV");
  if (flags.has("SECCOMP_FILTER_FLAG_TSYNC") && !notifies) wanted.push("TSYNC");
  for (const flag of wanted) {
    const since = FLAG_SINCE[flag];
    if (since !== undefined && isOlder(kernelRelease, since))
      throw new UserError(
        `SECCOMP_FILTER_FLAG_${flag} needs Linux ${since.join(".")}, this is ${kernelRelease}`,
        {
          where:
            flag === "NEW_LISTENER"
              ? "config.json /linux/seccomp/syscalls (SCMP_ACT_NOTIFY)"
              : "config.json /linux/seccomp/flags",
        },
      );
  }
  return wanted.reduce((bits, flag) => bits | FLAG[flag], 0);
}

function isOlder(release: string, [major, minor]: readonly [number, number]): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release);
  if (match === null) return false; // a kernel that hides its version answers for itself
  const [found, foundMinor] = [Number(match[1]), Number(match[2])];
  return found < major || (found === major && foundMinor < minor);
}

function selectAbis({ architectures }: Profile, arch: HostArch): readonly Abi[] {
  const [native, ...others] = HOST_ABIS[arch];
  return [native, ...others.filter(({ name }) => architectures.some((a) => a.name === name))];
}

/** A rule without comparisons: name, SECCOMP_RET_* action, number on the machine that compiles. */
interface LibraryRule {
  readonly name: string;
  readonly action: number;
  readonly number: number;
}

interface RulePlan {
  readonly abis: readonly AbiPlan[];
  readonly forLibrary: readonly LibraryRule[];
  readonly skipped: readonly string[];
}

// Rules with argument comparisons are not given to libseccomp: before 2.6.1 it merges 64-bit comparisons of several
// rules wrongly, so that calls pass which no rule allows (GHSA-4q85-33p6-j5g6; test/seccomp/compile.test.ts shows one).
function planRules(profile: Profile, abis: readonly Abi[], library: Libseccomp): RulePlan {
  const names = [...new Set(profile.rules.map(({ name }) => name))];
  const numberOn = (abi: Abi, name: string) =>
    library.resolveSyscallOn(abi.token, name) ?? newerSyscall(abi.name, abi.base, name);
  const own: { readonly name: string; readonly rules: readonly ProfileRule[] }[] = [];
  const forLibrary: LibraryRule[] = [];
  for (const [name, rules] of groupRules(profile)) {
    const always = rules.find(({ when }) => when.length === 0);
    const number = library.resolveSyscall(name);
    if (always === undefined) own.push({ name, rules });
    else if (number === undefined) own.push({ name, rules: [always] });
    else forLibrary.push({ name, action: always.action, number });
  }

  const abiPlans = abis.map((abi): AbiPlan => {
    const decisions = own.flatMap(({ name, rules }): Decision[] => {
      const nr = numberOn(abi, name);
      return nr === undefined ? [] : [{ nr, rules, otherwise: profile.defaultAction }];
    });
    const limit = abi.privateFrom ?? Number.POSITIVE_INFINITY;
    const known = names.flatMap((name) => numberOn(abi, name) ?? []).filter((nr) => nr < limit);
    const isAnswered = answersUnknown(profile.defaultAction) && known.length > 0;
    return { abi, decisions, highest: isAnswered ? Math.max(...known) : undefined };
  });
  const skipped = names.filter((name) => abis.every((abi) => numberOn(abi, name) === undefined));
  return { abis: abiPlans, forLibrary, skipped: skipped.sort() };
}

/** The rules that change something, by syscall name. */
function groupRules({
  rules,
  defaultAction,
}: Profile): ReadonlyMap<string, readonly ProfileRule[]> {
  const groups = new Map<string, ProfileRule[]>();
  for (const rule of rules) {
    if (rule.action === defaultAction) continue;
    const group = groups.get(rule.name);
    if (group === undefined) groups.set(rule.name, [rule]);
    else group.push(rule);
  }
  return groups;
}

// A default that lets calls through, or hands them to a tracer, also has to see those the profile cannot name.
function answersUnknown(defaultAction: number): boolean {
  const kind = (defaultAction & 0xffff0000) >>> 0;
  return kind !== RET.ALLOW && kind !== RET.LOG && kind !== RET.TRACE;
}

function buildFilter(
  library: Libseccomp,
  profile: Profile,
  abis: readonly Abi[],
  rules: readonly LibraryRule[],
): Uint8Array {
  const context = located("/defaultAction", () => library.init(profile.defaultAction));
  try {
    context.setAttribute(FILTER_ATTRIBUTE.ACT_BADARCH, RET.KILL_PROCESS);
    context.setAttribute(FILTER_ATTRIBUTE.CTL_NNP, 0); // init sets it, at its own time
    if (rules.length > TREE_FROM_RULES) context.setAttribute(FILTER_ATTRIBUTE.CTL_OPTIMIZE, 2);
    for (const { token } of abis)
      if (!context.hasArchitecture(token)) context.addArchitecture(token);
    if (!abis.some(({ token }) => token === library.nativeArchitecture))
      context.removeArchitecture(library.nativeArchitecture);
    for (const { name, action, number } of rules)
      located(`/syscalls (${name})`, () => context.addRule(action, number, []));
    return context.exportBpf();
  } finally {
    context.release();
  }
}

/** Say where in the profile that stands which libseccomp or the kernel refuses. */
function located<T>(at: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, {
      where: `config.json /linux/seccomp${at}`,
      cause: error.cause,
      hint: error.hint ?? "the kernel or libseccomp may be too old for this action",
    });
  }
}
