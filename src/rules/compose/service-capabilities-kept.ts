import { addSetting } from "../../audit/compose/edit.ts";
import { entryAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1003",
    name: "service-capabilities-kept",
    target: "compose",
    severity: "info",
    confidence: "high",
    summary: "Service drops no capability",
    why: "Few programs need any of Docker's 14 default capabilities; each that is kept helps whoever takes over the program.",
    howToFix: "Set `cap_drop: [ALL]` and give back by `cap_add` what the program fails without.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["kics:ce76b7d0-9e77-464d-b86f-c5c48e03e22d", "docker-bench:5.4"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.4", "NIST-800-190-4.4.3"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#cap_drop",
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      if (service.isPartial || entryAt(service, "cap_drop") !== undefined) continue;
      report(
        service.nameSpan,
        `service "${service.name}" drops no capability`,
        addSetting(file, service, ["cap_drop: [ALL]"]),
      );
    }
  },
});

export default rule;
