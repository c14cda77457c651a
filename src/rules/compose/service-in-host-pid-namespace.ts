import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1013",
    name: "service-in-host-pid-namespace",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Service is in the process namespace of the host",
    why: "The program sees all processes of the host with their arguments and environment, can signal those of its user, and reach their files through `/proc`.",
    howToFix: "Remove `pid: host`.",
    bad: "services:\n  web:\n    image: app:1\n    pid: host\n",
    good: "services:\n  web:\n    image: app:1\n",
    since: "0.1.0",
    aliases: ["kics:4f31dd9f-2cc3-4751-9b53-67e4af83dac0", "docker-bench:5.16"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.16"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#pid",
      "https://man7.org/linux/man-pages/man7/namespaces.7.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "pid");
      if (value?.text === "host")
        report(value.span, `service "${service.name}" is in the process namespace of the host`);
    }
  },
});

export default rule;
