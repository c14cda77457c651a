import { entryAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1021",
    name: "service-without-security-opt",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Service sets no security options",
    why: "The engine's defaults hold, which leave privileges to be gained and profiles to be those of every container.",
    howToFix: "Set `security_opt`, at least to `no-new-privileges:true`.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    security_opt: [no-new-privileges:true]\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["kics:610e266e-6c12-4bca-9925-1ed0cd29742b"],
    cwe: ["CWE-693"],
    references: ["https://docs.docker.com/reference/compose-file/services/#security_opt"],
  },

  check(file, report) {
    for (const service of file.services) {
      if (!service.isPartial && entryAt(service, "security_opt") === undefined)
        report(service.nameSpan, `service "${service.name}" has no security_opt`);
    }
  },
});

export default rule;
