import { reportCapability } from "../../audit/compose/capabilities.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1005",
    name: "service-with-sys-module",
    target: "compose",
    severity: "critical",
    confidence: "high",
    summary: "Service is given CAP_SYS_MODULE",
    why: "A program with this capability loads kernel modules, and code in the kernel is beyond every container.",
    howToFix: "Remove `SYS_MODULE` from `cap_add`, and name what is needed in place of `ALL`.",
    bad: "services:\n  web:\n    image: app:1\n    cap_add: [SYS_MODULE]\n",
    good: "services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n",
    since: "0.1.0",
    aliases: ["docker-bench:C.5.3.2"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.4"],
    references: [
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
      "https://docs.docker.com/reference/compose-file/services/#cap_add",
    ],
  },

  check(file, report) {
    reportCapability(file, "CAP_SYS_MODULE", report);
  },
});

export default rule;
