import { removeSetting } from "../../audit/compose/edit.ts";
import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1027",
    name: "service-cgroup-parent",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Service is put into a control group of its choice",
    why: "The limits that the engine's own group has on all containers do not hold there, and the service shares those of whatever runs in that group.",
    howToFix: "Remove `cgroup_parent`.",
    bad: "services:\n  web:\n    image: app:1\n    cgroup_parent: system.slice\n",
    good: "services:\n  web:\n    image: app:1\n",
    since: "0.1.0",
    aliases: ["kics:4d9f44c6-2f4a-4317-9bb5-267adbea0232", "docker-bench:5.25"],
    cwe: ["CWE-400"],
    benchmarks: ["CIS-Docker-5.25"],
    references: ["https://docs.docker.com/reference/compose-file/services/#cgroup_parent"],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "cgroup_parent");
      if (value !== undefined && value.text !== "")
        report(
          value.span,
          `service "${service.name}" chooses its control group`,
          removeSetting(file, service, "cgroup_parent"),
        );
    }
  },
});

export default rule;
