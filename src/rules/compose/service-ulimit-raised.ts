import { entryAt, scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1026",
    name: "service-ulimit-raised",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Resource limit of a service is raised far above the default",
    why: "Open files, core dumps and processes without bound let one service use up what all programs of the host share; core dumps also hold its memory, with the keys in it.",
    howToFix: "Set the limit to what the program documents that it needs.",
    bad: "services:\n  web:\n    image: app:1\n    ulimits: {nproc: -1}\n",
    good: "services:\n  web:\n    image: app:1\n    ulimits: {nofile: 65536}\n",
    since: "0.1.0",
    aliases: ["docker-bench:5.19"],
    cwe: ["CWE-770"],
    benchmarks: ["CIS-Docker-5.19"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#ulimits",
      "https://man7.org/linux/man-pages/man2/getrlimit.2.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const limits = entryAt(service, "ulimits")?.value;
      if (limits?.kind !== "map") continue;
      for (const { key, value } of limits.entries.values()) {
        const hard = value.kind === "map" ? scalarAt(value, "hard") : value;
        if (hard?.kind !== "scalar" || !/^-?\d{1,19}$/.test(hard.text)) continue;
        const number = Number(hard.text);
        if (isFarAbove(key, number))
          report(
            hard.span,
            `service "${service.name}" has limit "${key}" at ${number < 0 ? "infinity" : hard.text}`,
          );
      }
    }
  },
});

/** The kernel's own bound of open files is 1048576 (sysctl fs.nr_open). */
function isFarAbove(name: string, hard: number): boolean {
  if (name === "nofile") return hard < 0 || hard > 1_048_576;
  if (name === "core") return hard !== 0;
  return name === "nproc" && hard < 0;
}

export default rule;
