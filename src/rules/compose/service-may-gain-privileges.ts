import { addSetting } from "../../audit/compose/edit.ts";
import type { ComposeFile, ComposeService } from "../../audit/compose/model.ts";
import { entryAt } from "../../audit/compose/query.ts";
import { securityOptions } from "../../audit/compose/security.ts";
import type { ReportDetails } from "../../audit/rule.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1017",
    name: "service-may-gain-privileges",
    target: "compose",
    severity: "high",
    confidence: "medium",
    summary: "Service may gain privileges by setuid programs",
    why: "Without `no-new-privileges`, a program that runs as an ordinary user becomes root in the container by any setuid file in the image, and is then one step nearer to the host.",
    howToFix:
      "Set `security_opt: [no-new-privileges:true]`, unless the image needs a setuid program such as `sudo` or `ping`.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    security_opt: [no-new-privileges:true]\n",
    since: "0.1.0",
    aliases: [
      "kics:27fcc7d6-c49b-46e0-98f1-6c082a6a2750",
      "semgrep:no-new-privileges",
      "docker-bench:5.26",
    ],
    cwe: ["CWE-250", "CWE-732"],
    benchmarks: ["CIS-Docker-5.26"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#security_opt",
      "https://www.kernel.org/doc/html/latest/userspace-api/no_new_privs.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const options = securityOptions(service);
      const option = options.find(({ name }) => name === "no-new-privileges");
      if (option === undefined) {
        if (service.isPartial || options.some((o) => !o.isKnown)) continue;
        // The engine may be set to it for all containers, and the image may have no setuid program.
        report(service.nameSpan, `service "${service.name}" may gain privileges`, {
          severity: "medium",
          ...fixFor(file, service),
        });
      } else if (/^(?:false|0|f)$/i.test(option.value))
        report(
          option.span,
          `service "${service.name}" may gain privileges: no-new-privileges is off`,
        );
    }
  },
});

function fixFor(file: ComposeFile, service: ComposeService): ReportDetails {
  // A list that is there would have to be added to.
  return entryAt(service, "security_opt") === undefined
    ? addSetting(file, service, ["security_opt:", "  - no-new-privileges:true"])
    : {};
}

export default rule;
