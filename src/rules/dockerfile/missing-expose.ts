import { effective, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1118",
    name: "missing-expose",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "The image does not say on which ports it listens",
    why: "Who runs the image has to guess its ports, and opens too many. Scanners and policies that compare open ports with the declared ones have nothing to compare.",
    howToFix: "Name the ports with `EXPOSE`. Images that listen on none need no rule of this kind.",
    bad: 'FROM debian:12\nCMD ["app"]\n',
    good: 'FROM debian:12\nEXPOSE 8080\nCMD ["app"]\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["droast:DF022", "dockerfile_lint:required:EXPOSE"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#expose"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined || effective(dockerfile, stage, "expose") !== undefined) return;
    report(stage.from.keywordSpan, "the last stage has no EXPOSE");
  },
});

export default rule;
