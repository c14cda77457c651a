import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1037",
    name: "instruction-before-from",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "An instruction other than ARG stands before the first FROM",
    why: "There is nothing yet that it could change: builders refuse the file.",
    howToFix: "Begin with `FROM`. Only `ARG`, comments and parser directives may stand above it.",
    bad: "LABEL team=web\nFROM debian:12\n",
    good: "FROM debian:12\nLABEL team=web\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3061",
      "datadog-iac:52e2b1c6-56e4-5264-2fc6-523166b2c8f3",
      "dockerfilelint:from_first",
      "droast:DF037",
      "dockerfile_lint:missing_or_misplaced_FROM",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#format"],
  },

  check({ preamble }, report) {
    // What is no instruction is a syntax error, most often of a template.
    for (const { kind, keywordSpan, keywordText } of preamble)
      if (kind !== "arg" && kind !== "unknown")
        report(keywordSpan, `"${keywordText}" stands before the first "FROM"`);
  },
});

export default rule;
