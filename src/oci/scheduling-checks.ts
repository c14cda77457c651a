/** How the entries on scheduling and memory placement fit together: sched(7), ioprio_set(2), set_mempolicy(2). */
import { at, count, integer, items, type Place, type Report, text } from "./place.ts";
import { quote } from "./violation.ts";

const NICE_POLICIES = ["SCHED_OTHER", "SCHED_BATCH"];
const REAL_TIME_POLICIES = ["SCHED_FIFO", "SCHED_RR"];

/** Check `process.scheduler`, `process.ioPriority`, `linux.personality` and `linux.memoryPolicy`. */
export function checkScheduling(config: Place, report: Report): void {
  checkScheduler(at(config, "process", "scheduler"), report);
  const level = at(config, "process", "ioPriority", "priority");
  checkRange(level, 0, 7, report);
  // config-linux.md#personality: no flags are defined.
  const flags = at(config, "linux", "personality", "flags");
  if (count(flags) > 0)
    report(flags, "an empty list", "must be empty: the specification defines no flag");
  checkMemoryPolicy(at(config, "linux", "memoryPolicy"), report);
}

function checkScheduler(scheduler: Place, report: Report): void {
  const policy = text(at(scheduler, "policy"));
  if (policy === undefined) return;
  const [nice, priority] = [at(scheduler, "nice"), at(scheduler, "priority")];
  checkRange(nice, -20, 19, report);
  const only = (place: Place, policies: readonly string[]): void => {
    if ((integer(place) ?? 0) !== 0 && !policies.includes(policy))
      report(place, "absent", `goes with ${policies.join(" or ")} alone, not with ${policy}`);
  };
  only(nice, NICE_POLICIES);
  only(priority, REAL_TIME_POLICIES);
  if (REAL_TIME_POLICIES.includes(policy)) checkRange(priority, 1, 99, report, true);
  const times = ["runtime", "deadline", "period"].map((key) => at(scheduler, key));
  for (const time of times) only(time, ["SCHED_DEADLINE"]);
  if (policy === "SCHED_DEADLINE") checkDeadline(times, report);
}

/** sched_setattr(2): runtime ≤ deadline ≤ period, and a period that is 0 is the deadline. */
function checkDeadline(times: readonly Place[], report: Report): void {
  const [runtime = 0, deadline = 0, period = 0] = times.map((time) => integer(time) ?? 0);
  const [runtimePlace, deadlinePlace, periodPlace] = times;
  // Below a microsecond the kernel's own work takes longer.
  if (runtime < 1024 && runtimePlace !== undefined)
    report(runtimePlace, "a number of nanoseconds from 1024 on");
  if (deadline < runtime && deadlinePlace !== undefined)
    report(deadlinePlace, `at least the runtime (${runtime})`);
  if (period !== 0 && period < deadline && periodPlace !== undefined)
    report(periodPlace, `at least the deadline (${deadline}), or 0`);
}

function checkRange(
  place: Place,
  least: number,
  most: number,
  report: Report,
  isRequired = false,
): void {
  const value = integer(place) ?? (isRequired ? least - 1 : least);
  if (value < least || value > most) report(place, `a number from ${least} to ${most}`);
}

/** What the modes want of their nodes. */
const WITHOUT_NODES = ["MPOL_DEFAULT", "MPOL_LOCAL"];
const WITH_NODES = [
  "MPOL_BIND",
  "MPOL_INTERLEAVE",
  "MPOL_WEIGHTED_INTERLEAVE",
  "MPOL_PREFERRED_MANY",
];

function checkMemoryPolicy(policy: Place, report: Report): void {
  if (policy.value === undefined) return;
  const mode = text(at(policy, "mode"));
  const nodes = at(policy, "nodes");
  if (at(policy, "mode").value === undefined)
    report(at(policy, "mode"), 'a mode such as "MPOL_BIND"', "is missing: a policy has a mode");
  if (mode === undefined) return;
  const list = text(nodes)?.trim() ?? "";
  if (list !== "" && !/^\d+(-\d+)?(\s*,\s*\d+(-\d+)?)*$/.test(list))
    report(nodes, 'a list of memory nodes such as "0-3,7"');
  if (list === "" && WITH_NODES.includes(mode))
    report(nodes, "a list of memory nodes", `is missing: ${mode} needs a node`);
  if (list !== "" && WITHOUT_NODES.includes(mode))
    report(nodes, "absent", `must be empty with ${mode}`, quote(list));
  const flags = items(at(policy, "flags")).map((flag) => flag.value);
  if (flags.includes("MPOL_F_STATIC_NODES") && flags.includes("MPOL_F_RELATIVE_NODES"))
    report(
      at(policy, "flags"),
      "one of the two",
      "must not have both MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES",
    );
}
