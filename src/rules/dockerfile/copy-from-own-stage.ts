import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1030",
    name: "copy-from-own-stage",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "COPY --from names the stage it stands in",
    why: "A stage cannot be a source for itself: it is not finished. Builders refuse the file, or look for an image of that name and copy from whatever they find.",
    howToFix: "Name the stage or image that holds the file, or copy within the stage by `RUN cp`.",
    bad: "FROM golang:1.24 AS build\nCOPY --from=build /src /app\n",
    good: "FROM golang:1.24 AS build\nRUN cp -r /src /app\n",
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

  check({ stages }, report) {
    for (const stage of stages)
      for (const { from } of stageInstructions(stage, "copy"))
        if (from?.kind === "stage" && from.stageIndex === stage.index)
          report(
            from.word.span,
            `"${from.word.text}" is the stage that this instruction belongs to`,
          );
  },
});

export default rule;
