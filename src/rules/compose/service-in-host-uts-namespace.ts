import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1015",
    name: "service-in-host-uts-namespace",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Service is in the UTS namespace of the host",
    why: "The program sees the host's name and, with CAP_SYS_ADMIN, changes it.",
    howToFix: "Remove `uts: host`; `hostname` names the container.",
    bad: "services:\n  web:\n    image: app:1\n    uts: host\n",
    good: "services:\n  web:\n    image: app:1\n",
    since: "0.1.0",
    aliases: ["docker-bench:5.21"],
    cwe: [],
    benchmarks: ["CIS-Docker-5.21"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#uts",
      "https://man7.org/linux/man-pages/man7/namespaces.7.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "uts");
      if (value?.text === "host")
        report(value.span, `service "${service.name}" is in the UTS namespace of the host`);
    }
  },
});

export default rule;
