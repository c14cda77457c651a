import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1037",
    name: "instruction-before-from",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Instruction stands before the first FROM",
    why: "There is no image yet that it could work on: the builder refuses the file. Only `ARG` may stand there.",
    howToFix: "Move it behind `FROM`.",
    bad: "LABEL org.opencontainers.image.title=web\nFROM debian:12\n",
    good: "FROM debian:12\nLABEL org.opencontainers.image.title=web\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3061",
      "datadog-iac:52e2b1c6-56e4-5264-2fc6-523166b2c8f3",
      "dockerfilelint:from_first",
      "droast:DF037",
      "dockerfile_lint:missing_or_misplaced_FROM",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#from"],
  },

  check(dockerfile, report) {
    for (const node of dockerfile.instructions) {
      if (node.kind === "from") return;
      if (node.kind === "arg" || node.kind === "unknown") continue;
      report(node.keywordSpan, `"${node.keywordText}" stands before the first "FROM"`);
    }
  },
});

export default rule;
