import { removeSetting } from "../../audit/compose/edit.ts";
import { isTrue, scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1001",
    name: "privileged-service",
    target: "compose",
    severity: "critical",
    confidence: "high",
    summary: "Service runs privileged",
    why: "A privileged container has every capability, every device of the host and no seccomp or AppArmor profile: a program in it mounts the host's disk or loads kernel code, and so is root on the host.",
    howToFix:
      "Remove `privileged`. Grant the one capability or device that the program needs instead.",
    bad: "services:\n  web:\n    image: app:1\n    privileged: true\n",
    good: "services:\n  web:\n    image: app:1\n    cap_add: [NET_BIND_SERVICE]\n",
    since: "0.1.0",
    aliases: [
      "kics:ae5b6871-7f45-42e0-bb4c-ab300c4d2026",
      "semgrep:privileged-service",
      "docker-bench:5.5",
    ],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.5", "NIST-800-190-4.4.3"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#privileged",
      "https://docs.docker.com/engine/security/",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "privileged");
      if (value !== undefined && isTrue(value))
        report(
          value.span,
          `service "${service.name}" is privileged`,
          removeSetting(file, service, "privileged"),
        );
    }
  },
});

export default rule;
