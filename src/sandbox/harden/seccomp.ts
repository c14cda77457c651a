import { isDeepStrictEqual } from "node:util";
import type { Seccomp, SeccompSyscall } from "../../oci/runtime-config.ts";
import { linuxOf, type Mutable, type Work } from "./work.ts";

/** Give the container a filter, or tighten the one it has, as policy.seccomp.mode says. */
export function hardenSeccomp(work: Work): void {
  const { seccomp } = work.policy;
  if (seccomp === undefined) return;
  const { section, mode, profile } = seccomp;
  const before = work.config.linux?.seccomp;
  const set = (after: Seccomp, why: string): void => {
    if (isDeepStrictEqual(before, after)) return;
    work.changes.push({
      pointer: "/linux/seccomp",
      before,
      after,
      why,
      rule: "missing-seccomp-filter",
    });
    // Shared with the policy, not copied: nothing writes to it, and it is most of a config.
    linuxOf(work).seccomp = after as Mutable<Seccomp>;
  };
  if (before === undefined)
    set(section, `filter "${profile}": fewer system calls, less of the kernel to attack`);
  else if (mode === "replace") set(section, `profile ${work.policy.name} sets its own filter`);
  else if (isPermissive(before.defaultAction))
    set(
      without(section, before),
      `${before.defaultAction} lets through every system call that the filter does not name`,
    );
  else if (mode === "intersect")
    set(intersect(before, section), `what filter "${profile}" denies stays denied`);
}

/** Actions after which the call may happen, or happens if somebody else agrees. */
function isPermissive(action: string): boolean {
  return !/^SCMP_ACT_(KILL|KILL_PROCESS|KILL_THREAD|TRAP|ERRNO)$/.test(action);
}

/** `ours` without the calls that a deny-list denies whatever their arguments. */
function without(ours: Seccomp, denyList: Seccomp): Seccomp {
  const denied = new Set(
    (denyList.syscalls ?? [])
      .filter(({ action, args }) => !isPermissive(action) && (args ?? []).length === 0)
      .flatMap(({ names }) => names),
  );
  if (denied.size === 0) return ours;
  const syscalls = (ours.syscalls ?? []).flatMap((entry): SeccompSyscall[] => {
    if (!isPermissive(entry.action)) return [entry];
    const names = entry.names.filter((name) => !denied.has(name));
    return names.length === 0 ? [] : [{ ...entry, names }];
  });
  return { ...ours, syscalls };
}

/**
 * `theirs`, cut to what `ours` allows as well. Where both look at a call's arguments only conditions that are the same in both stay:
 * the result never allows more than either, at times less than it could.
 */
export function intersect(theirs: Seccomp, ours: Seccomp): Seccomp {
  const allowed = new Map<string, SeccompSyscall[]>();
  for (const entry of ours.syscalls ?? []) {
    if (!isPermissive(entry.action)) continue;
    for (const name of entry.names) allowed.set(name, [...(allowed.get(name) ?? []), entry]);
  }
  const isUnconditional = (entry: SeccompSyscall): boolean => (entry.args ?? []).length === 0;
  const syscalls = (theirs.syscalls ?? []).flatMap((entry): SeccompSyscall[] => {
    if (!isPermissive(entry.action)) return [entry];
    const whole: string[] = [];
    const parts: SeccompSyscall[] = [];
    for (const name of entry.names) {
      const alternatives = allowed.get(name) ?? [];
      const isSame = alternatives.some(({ args }) => isDeepStrictEqual(args, entry.args));
      if (isSame || alternatives.some(isUnconditional)) whole.push(name);
      else if (isUnconditional(entry))
        for (const { args = [] } of alternatives) parts.push({ ...entry, names: [name], args });
    }
    const isWhole = whole.length === entry.names.length;
    if (isWhole) return [entry];
    return [...(whole.length > 0 ? [{ ...entry, names: whole }] : []), ...parts];
  });
  // An architecture that ours does not filter would be open to calls of another numbering.
  const result: Seccomp = { ...theirs, syscalls };
  if (theirs.architectures === undefined || ours.architectures === undefined) return result;
  const architectures = theirs.architectures.filter((a) => ours.architectures?.includes(a));
  return architectures.length === theirs.architectures.length
    ? result
    : { ...result, architectures };
}
