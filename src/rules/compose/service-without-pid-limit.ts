import { addSetting } from "../../audit/compose/edit.ts";
import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

/** Settings that limit; one is enough. */
const ways: readonly (readonly string[])[] = [
  ["pids_limit"],
  ["deploy", "resources", "limits", "pids"],
];
const isUnlimited = /^(?:0(?:\.0*)?|-1)$/;

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1025",
    name: "service-without-pid-limit",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Service has no PID limit",
    why: "A fork bomb in the container takes every process number of the host, and nobody can start a shell to end it.",
    howToFix: "Set `pids_limit`, for most programs to a few hundred.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    pids_limit: 256\n",
    since: "0.1.0",
    aliases: ["kics:221e0658-cb2a-44e3-b08a-db96a341d6fa", "docker-bench:5.29"],
    cwe: ["CWE-770"],
    benchmarks: ["CIS-Docker-5.29"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#pids_limit",
      "https://docs.docker.com/reference/compose-file/deploy/#resources",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const limits = ways.flatMap((way) => scalarAt(service, ...way) ?? []);
      const off = limits.find(({ text }) => isUnlimited.test(text.trim()));
      if (off !== undefined) report(off.span, `service "${service.name}" has no PID limit`);
      else if (limits.length === 0 && !service.isPartial)
        report(
          service.nameSpan,
          `service "${service.name}" has no PID limit`,
          addSetting(file, service, ["pids_limit: 256"]),
        );
    }
  },
});

export default rule;
