import { reportCapability } from "../../audit/compose/capabilities.ts";
import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1007",
    name: "service-with-sys-ptrace",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Service is given CAP_SYS_PTRACE",
    why: "A program with this capability reads and changes the memory of others. In the host's process namespace, or beside processes of other services, it takes them over.",
    howToFix: "Remove `SYS_PTRACE` from `cap_add`, and name what is needed in place of `ALL`.",
    bad: "services:\n  web:\n    image: app:1\n    cap_add: [SYS_PTRACE]\n",
    good: "services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n",
    since: "0.1.0",
    aliases: ["docker-bench:C.5.3.4"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.4"],
    references: [
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
      "https://docs.docker.com/reference/compose-file/services/#cap_add",
    ],
  },

  check(file, report) {
    reportCapability(file, "CAP_SYS_PTRACE", report, (service) =>
      // Without foreign processes in sight there is less to take over.
      scalarAt(service, "pid") === undefined ? { severity: "medium" } : undefined,
    );
  },
});

export default rule;
