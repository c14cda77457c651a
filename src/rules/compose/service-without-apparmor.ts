import { removeOption, securityOptions } from "../../audit/compose/security.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1019",
    name: "service-without-apparmor",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Service runs without an AppArmor profile",
    why: "Docker's default profile denies mounting, writing below `/proc` and `/sys`, and tracing; without it, capabilities and namespaces are all that is left.",
    howToFix: "Remove `apparmor:unconfined`, or name a profile of the program's own.",
    bad: "services:\n  web:\n    image: app:1\n    security_opt: [apparmor:unconfined]\n",
    good: "services:\n  web:\n    image: app:1\n    security_opt: [apparmor:app]\n",
    since: "0.1.0",
    aliases: ["docker-bench:5.2"],
    cwe: ["CWE-284"],
    benchmarks: ["CIS-Docker-5.2"],
    references: [
      "https://docs.docker.com/engine/security/apparmor/",
      "https://docs.docker.com/reference/compose-file/services/#security_opt",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const { name, value, span } of securityOptions(service))
        if (name === "apparmor" && value === "unconfined")
          report(
            span,
            `service "${service.name}" runs without an AppArmor profile`,
            removeOption(file, service, span),
          );
    }
  },
});

export default rule;
