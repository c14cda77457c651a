import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord } from "../../audit/shell/model.ts";
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
    /** First use of each program in the stage that is being read. */
    let first = new Map<string, ShellWord>();
    let stage: number | undefined;
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.stageIndex !== stage) {
        stage = run.stageIndex;
        first = new Map();
      }
      // One finding for each RUN that has to change.
      let isReported = false;
      for (const { name = "", words } of commandsNamed(scriptOf(dockerfile, run), DOWNLOADERS)) {
        const [word] = words;
        if (word === undefined) continue;
        if (!first.has(name)) first.set(name, word);
        const [other] = [...first].find(([known]) => known !== name) ?? [];
        const at = other === undefined ? undefined : first.get(other);
        if (isReported || at === undefined) continue;
        isReported = true;
        report(word.span, `"${name}" is used beside "${other}"`, {
          related: [{ span: at.span, message: `"${other}" here` }],
        });
      }
    }
  },
});

const DOWNLOADERS = ["wget", "curl"];

export default rule;
