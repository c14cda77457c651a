import { reportCapability } from "../../audit/compose/capabilities.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1006",
    name: "service-with-sys-admin",
    target: "compose",
    severity: "critical",
    confidence: "high",
    summary: "Service is given CAP_SYS_ADMIN",
    why: "The capability covers mounting, namespaces, the release agent of control groups and hundreds of other operations: with it, known ways lead from the container to the host.",
    howToFix: "Remove `SYS_ADMIN` from `cap_add`, and name what is needed in place of `ALL`.",
    bad: "services:\n  web:\n    image: app:1\n    cap_add: [SYS_ADMIN]\n",
    good: "services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n",
    since: "0.1.0",
    aliases: ["docker-bench:C.5.3.3"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.4"],
    references: [
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
      "https://docs.docker.com/reference/compose-file/services/#cap_add",
    ],
  },

  check(file, report) {
    reportCapability(file, "CAP_SYS_ADMIN", report);
  },
});

export default rule;
