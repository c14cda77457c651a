import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

/** Settings that limit; one is enough. */
const ways: readonly (readonly string[])[] = [
  ["mem_limit"],
  ["deploy", "resources", "limits", "memory"],
];
const isUnlimited = /^(?:0(?:\.0*)?|-1)$/;

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1023",
    name: "service-without-memory-limit",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Service has no memory limit",
    why: "A leak, or somebody who wants one, takes the memory of the whole host, and the kernel then ends programs that others need.",
    howToFix:
      "Set `mem_limit`, or `deploy.resources.limits.memory`, to what the program needs at most.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    mem_limit: 512m\n",
    since: "0.1.0",
    aliases: ["kics:bb9ac4f7-e13b-423d-a010-c74a1bfbe492", "docker-bench:5.11"],
    cwe: ["CWE-770"],
    benchmarks: ["CIS-Docker-5.11"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#mem_limit",
      "https://docs.docker.com/reference/compose-file/deploy/#resources",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const limits = ways.flatMap((way) => scalarAt(service, ...way) ?? []);
      const off = limits.find(({ text }) => isUnlimited.test(text.trim()));
      if (off !== undefined) report(off.span, `service "${service.name}" has no memory limit`);
      else if (limits.length === 0 && !service.isPartial)
        report(service.nameSpan, `service "${service.name}" has no memory limit`);
    }
  },
});

export default rule;
