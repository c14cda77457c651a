import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

/** Settings that limit; one is enough. */
const ways: readonly (readonly string[])[] = [
  ["cpus"],
  ["cpu_shares"],
  ["cpu_quota"],
  ["cpuset"],
  ["deploy", "resources", "limits", "cpus"],
];
const isUnlimited = /^(?:0(?:\.0*)?|-1)$/;

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1024",
    name: "service-without-cpu-limit",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Service has no CPU limit",
    why: "A busy or abused service takes all processors of the host from the others.",
    howToFix: "Set `cpus`, or `deploy.resources.limits.cpus`.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    cpus: 1.5\n",
    since: "0.1.0",
    aliases: ["kics:6b610c50-99fb-4ef0-a5f3-e312fd945bc3", "docker-bench:5.12"],
    cwe: ["CWE-400"],
    benchmarks: ["CIS-Docker-5.12"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#cpus",
      "https://docs.docker.com/reference/compose-file/deploy/#resources",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const limits = ways.flatMap((way) => scalarAt(service, ...way) ?? []);
      const off = limits.find(({ text }) => isUnlimited.test(text.trim()));
      if (off !== undefined) report(off.span, `service "${service.name}" has no CPU limit`);
      else if (limits.length === 0 && !service.isPartial)
        report(service.nameSpan, `service "${service.name}" has no CPU limit`);
    }
  },
});

export default rule;
