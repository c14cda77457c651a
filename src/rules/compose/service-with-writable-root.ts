import { addSetting } from "../../audit/compose/edit.ts";
import type { ComposeService } from "../../audit/compose/model.ts";
import { entryAt, isKnown, isTrue, scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1022",
    name: "service-with-writable-root",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Root file system of a service is writable",
    why: "Whoever takes over the program can put tools into the container, change its code and stay until it is made anew.",
    howToFix:
      "Set `read_only: true`, and `tmpfs` or a volume for the places that the program writes to.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    read_only: true\n    tmpfs: [/tmp]\n",
    since: "0.1.0",
    aliases: ["semgrep:writable-filesystem-service", "docker-bench:5.13"],
    cwe: ["CWE-732"],
    benchmarks: ["CIS-Docker-5.13", "NIST-800-190-4.4.3"],
    references: ["https://docs.docker.com/reference/compose-file/services/#read_only"],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "read_only");
      if (value === undefined) {
        // Services with profiles run when somebody asks for them: tools, builds, tests.
        if (service.isPartial || entryAt(service, "profiles") !== undefined) continue;
        report(
          service.nameSpan,
          `service "${service.name}" has a writable root file system`,
          addSetting(file, service, ["read_only: true", ...tmpfsFor(service)]),
        );
      } else if (!isTrue(value) && isKnown(value.text))
        report(value.span, `service "${service.name}" has a writable root file system`);
    }
  },
});

const tmpfsFor = (service: ComposeService): readonly string[] =>
  entryAt(service, "tmpfs") === undefined ? ["tmpfs:", "  - /tmp", "  - /run"] : [];

export default rule;
