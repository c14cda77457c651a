import { instructionsOf } from "../../audit/dockerfile/query.ts";
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
    why: "Two programs do one job: both must be installed and kept up to date, and each is one more tool for somebody who breaks in.",
    howToFix: "Use one of the two for all downloads of a stage, or `ADD`, which needs neither.",
    bad: "FROM debian:12\nRUN curl -fsSLO https://example.com/a\nRUN wget https://example.com/b\n",
    good: "FROM debian:12\nRUN curl -fsSLO https://example.com/a\nRUN curl -fsSLO https://example.com/b\n",
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
    /** First use of a program in the stage that is being read. */
    let first: SimpleCommand | undefined;
    let stage: number | undefined;
    let isReported = false;
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.stageIndex !== stage) {
        stage = run.stageIndex;
        first = undefined;
        isReported = false;
      }
      for (const command of commandsNamed(scriptOf(dockerfile, run), ["wget", "curl"])) {
        first ??= command;
        const [word] = command.words;
        const [other] = first.words;
        if (isReported || command.name === first.name || word === undefined || other === undefined)
          continue;
        isReported = true;
        report(word.span, `"${command.name}" is used beside "${first.name}"`, {
          related: [{ span: other.span, message: `"${first.name}" here` }],
        });
      }
    }
  },
});

export default rule;
