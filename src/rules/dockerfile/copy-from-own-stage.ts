import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1030",
    name: "copy-from-own-stage",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "COPY --from names the stage that it stands in",
    why: "A stage is not there before it is finished: the builder refuses the instruction.",
    howToFix: "Name an earlier stage, or an image.",
    bad: "FROM golang:1.24 AS build\nCOPY --from=build /src /app\n",
    good: "FROM golang:1.24 AS build\nFROM debian:12\nCOPY --from=build /src /app\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3023",
      "trivy:DS006",
      "kics:cdddb86f-95f6-4fc4-b5a1-483d9afceb2b",
      "semgrep:copy-from-own-alias",
      "droast:DF050",
    ],
    cwe: ["CWE-706"],
    references: ["https://docs.docker.com/reference/dockerfile/#copy---from"],
  },

  check(dockerfile, report) {
    for (const { from, stageIndex, isTrigger } of instructionsOf(dockerfile, "copy", "add"))
      if (!isTrigger && from?.stageIndex !== undefined && from.stageIndex === stageIndex)
        report(from.span, `"${from.word.text}" is the stage that this instruction belongs to`);
  },
});

export default rule;
