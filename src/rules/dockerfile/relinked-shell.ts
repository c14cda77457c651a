import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1041",
    name: "relinked-shell",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`/bin/sh` is replaced by another shell",
    why: "Every script of the distribution that begins with `#!/bin/sh` then runs under a shell that it was not written for, and the next update of the package may put the old one back.",
    howToFix: 'Use `SHELL ["/bin/bash", "-c"]` for the instructions that need it.',
    bad: "FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\n",
    good: 'FROM debian:12\nSHELL ["/bin/bash", "-c"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL4005",
      "kics:8a301064-c291-4b20-adcb-403fe7fd95fd",
      "semgrep:use-shell-instruction",
      "terrascan:AC_DOCKER_0020",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#shell"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), ["ln", "mv", "cp"])) {
        const target = operands(command).at(-1);
        if (operands(command).length > 1 && target !== undefined && SHELLS.has(target.value ?? ""))
          report(target.span, `"${target.text}" is replaced`);
      }
  },
});

const SHELLS: ReadonlySet<string> = new Set(["/bin/sh", "/usr/bin/sh"]);

export default rule;
