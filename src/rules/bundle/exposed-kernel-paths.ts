import type { BundleModel } from "../../audit/bundle/model.ts";
import { isWithin } from "../../audit/bundle/mounts.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

/** What every engine masks since 2019 (moby, oci/defaults.go); paths that only some kernels have are left out. */
const MASKED = [
  "/proc/kcore",
  "/proc/keys",
  "/proc/timer_list",
  "/proc/sched_debug",
  "/sys/firmware",
];
/** What every engine makes read-only. */
const READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1009",
    name: "exposed-kernel-paths",
    target: "bundle",
    severity: "high",
    confidence: "high",
    summary: "Files of the kernel in /proc or /sys are neither masked nor read-only",
    why: "`/proc/sys` and `/proc/sysrq-trigger` change or stop the whole machine; `core_pattern` runs a program as root on the host. `/proc/kcore` is the machine's memory, `/proc/keys` and `/proc/timer_list` tell about other containers.",
    howToFix:
      "List the paths in `linux.maskedPaths` and `linux.readonlyPaths`. `tguard harden` adds them.",
    bad: '{"linux": {"readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sysrq-trigger"]}}\n',
    good: '{"linux": {"readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]}}\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-668"],
    references: [
      "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#masked-paths",
      "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#readonly-paths",
      "https://man7.org/linux/man-pages/man5/proc.5.html",
    ],
  },

  check(model, report) {
    if (!model.isLinux) return;
    const visible = visibleTrees(model);
    const masked = model.config.linux?.maskedPaths ?? [];
    const readonly = [...masked, ...(model.config.linux?.readonlyPaths ?? [])];
    const open = (paths: readonly string[], covered: readonly string[]): string[] =>
      paths.filter(
        (path) =>
          visible.some((tree) => isWithin(path, tree)) && !covered.some((c) => isWithin(path, c)),
      );
    const unmasked = open(MASKED, masked);
    if (unmasked.length > 0)
      report(model.spanOf("/linux/maskedPaths"), `not masked: ${unmasked.join(", ")}`);
    const writable = open(READONLY, readonly);
    if (writable.length > 0)
      report(model.spanOf("/linux/readonlyPaths"), `not read-only: ${writable.join(", ")}`);
  },
});

/** Where the kernel's file systems are mounted: nothing is exposed in a container without them. */
function visibleTrees({ config }: BundleModel): readonly string[] {
  return (config.mounts ?? [])
    .filter(
      ({ type, source }) =>
        type === "proc" || type === "sysfs" || source === "/proc" || source === "/sys",
    )
    .map(({ destination }) => destination);
}

export default rule;
