import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1016",
    name: "service-in-host-user-namespace",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Service is in the user namespace of the host",
    why: "The service opts out of the engine's user namespace: root in the container is root on the host as soon as it gets out.",
    howToFix: "Remove `userns_mode: host`.",
    bad: "services:\n  web:\n    image: app:1\n    userns_mode: host\n",
    good: "services:\n  web:\n    image: app:1\n",
    since: "0.1.0",
    aliases: ["kics:8af7162d-6c98-482f-868e-0d33fb675ca8", "docker-bench:5.31"],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.31"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#userns_mode",
      "https://man7.org/linux/man-pages/man7/namespaces.7.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "userns_mode");
      if (value?.text === "host")
        report(value.span, `service "${service.name}" is in the user namespace of the host`);
    }
  },
});

export default rule;
