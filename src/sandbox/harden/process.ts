import { CAPABILITIES } from "../../oci/names.ts";
import type { CapabilitySet, Process } from "../../oci/runtime-config.ts";
import { CAPABILITY_SETS } from "../policy-model.ts";
import type { Mutable, Work } from "./work.ts";

/** Cut what the workload's process starts with: capabilities, no_new_privs, limits, OOM score, AppArmor. */
export function hardenProcess(work: Work): void {
  const { process } = work.config;
  if (process === undefined) return;
  cutCapabilities(work, process);
  forbidNewPrivileges(work, process);
  cutRlimits(work, process);
  raiseOomScore(work, process);
  addAppArmor(work, process);
}

function cutCapabilities(work: Work, process: Mutable<Process>): void {
  // Absent means none (runtime-spec, config.md#linux-process): nothing to cut.
  const before = process.capabilities;
  if (before === undefined) return;
  const { allow, inheritable } = work.policy.capabilities;
  // What this kernel does not know it cannot give either.
  const allowed = new Set(allow === "all" ? CAPABILITIES : allow);
  for (const unknown of CAPABILITIES.slice(work.facts.lastCap + 1)) allowed.delete(unknown);

  const after: { [S in CapabilitySet]?: string[] } = {};
  for (const set of CAPABILITY_SETS) {
    const names = before[set];
    if (names !== undefined) after[set] = names.filter((name) => allowed.has(name));
  }
  if (inheritable === "ambient-only") {
    // Root gets its bounding set at exec anyway; another user keeps what was given to it on purpose, which needs both sets (capabilities(7)).
    const isRoot = (process.user?.uid ?? 0) === 0;
    const both = (after.ambient ?? []).filter(
      (name) => !isRoot && after.inheritable?.includes(name) && after.permitted?.includes(name),
    );
    if (after.ambient !== undefined) after.ambient = both;
    if (after.inheritable !== undefined) after.inheritable = both;
  }
  for (const set of CAPABILITY_SETS) {
    const [old, now] = [before[set], after[set]];
    if (old === undefined || now === undefined || old.length === now.length) continue;
    const gone = old.filter((name) => !now.includes(name));
    work.changes.push({
      pointer: `/process/capabilities/${set}`,
      before: old,
      after: now,
      why:
        set === "ambient" || set === "inheritable"
          ? "rights that programs inherit are kept only where a user other than root needs them"
          : `profile ${work.policy.name} does not allow ${gone.length > 4 ? `${gone.length} of them` : gone.join(", ")}`,
      rule: set === "ambient" || set === "inheritable" ? "R11" : "added-capability",
    });
    before[set] = [...now];
  }
}

function forbidNewPrivileges(work: Work, process: Mutable<Process>): void {
  if (!work.policy.noNewPrivileges || process.noNewPrivileges === true) return;
  work.changes.push({
    pointer: "/process/noNewPrivileges",
    before: process.noNewPrivileges,
    after: true,
    why: "setuid programs and file capabilities must not give rights back",
    rule: "allowed-new-privileges",
  });
  process.noNewPrivileges = true;
}

function cutRlimits(work: Work, process: Mutable<Process>): void {
  for (const { type, max, always = false } of work.policy.rlimits) {
    const limits = process.rlimits ?? [];
    const index = limits.findIndex((limit) => limit.type === type);
    const old = limits[index];
    if (old === undefined && !always) continue;
    // A negative number is how some writers say "unlimited" (2^64-1).
    const cut = (value: number): number => (value < 0 || value > max ? max : value);
    const now = { type, soft: cut(old?.soft ?? max), hard: cut(old?.hard ?? max) };
    if (old?.soft === now.soft && old.hard === now.hard) continue;
    work.changes.push({
      pointer: `/process/rlimits/${old === undefined ? limits.length : index}`,
      before: old,
      after: now,
      why:
        type === "RLIMIT_CORE"
          ? "a core file holds the program's secrets and is written by the host's rules"
          : `profile ${work.policy.name} allows ${type} at most ${max}`,
      rule: "R19",
    });
    process.rlimits =
      old === undefined ? [...limits, now] : limits.map((limit, i) => (i === index ? now : limit));
  }
}

function raiseOomScore(work: Work, process: Mutable<Process>): void {
  const floor = work.policy.oomScoreAdjFloor;
  const old = process.oomScoreAdj;
  if (floor === undefined || old === undefined || old >= floor) return;
  work.changes.push({
    pointer: "/process/oomScoreAdj",
    before: old,
    after: floor,
    why: "when memory runs out the kernel must not spare the container and kill the host's programs",
    rule: "R19",
  });
  process.oomScoreAdj = floor;
}

function addAppArmor(work: Work, process: Mutable<Process>): void {
  const profile = work.policy.apparmorProfile;
  if (profile === undefined || (process.apparmorProfile ?? "") !== "") return;
  if (work.facts.apparmorEnabled !== true) {
    work.notes.push(`not enforced: AppArmor profile "${profile}", this kernel has no AppArmor`);
    return;
  }
  work.changes.push({
    pointer: "/process/apparmorProfile",
    before: process.apparmorProfile,
    after: profile,
    why: `profile ${work.policy.name} confines with AppArmor`,
    rule: "R22",
  });
  process.apparmorProfile = profile;
}
