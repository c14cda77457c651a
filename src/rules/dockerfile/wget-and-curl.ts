import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1036",
    name: "wget-and-curl",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Stage uses both wget and curl",
    why: "Both do the same. Each is a program with flaws of its own that has to be installed, configured (proxies, certificates) and updated.",
    howToFix: "Use one of them.",
    bad: "FROM debian:12\nRUN wget -q https://example.com/a\nRUN curl -fsSO https://example.com/b\n",
    good: "FROM debian:12\nRUN curl -fsSO https://example.com/a\nRUN curl -fsSO https://example.com/b\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL4001",
      "trivy:DS014",
      "kics:fc775e75-fcfb-4c98-b2f2-910c5858b359",
      "semgrep:use-either-wget-or-curl",
      "droast:DF058",
    ],
    cwe: ["CWE-1041"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const first = new Map<string, SimpleCommand>();
      for (const run of stageInstructions(stage, "run"))
        for (const command of commandsNamed(scriptOf(dockerfile, run), ["wget", "curl"]))
          if (command.name !== undefined && !first.has(command.name))
            first.set(command.name, command);
      const [earlier, later] = [...first.values()];
      const word = later?.words[0];
      if (earlier === undefined || later === undefined || word === undefined) continue;
      report(word.span, `"${later.name}" is used beside "${earlier.name}"`, {
        related: [
          { span: earlier.words[0]?.span ?? earlier.span, message: `"${earlier.name}" here` },
        ],
      });
    }
  },
});

export default rule;
