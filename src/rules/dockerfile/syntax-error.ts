import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF0001",
    name: "syntax-error",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Builders refuse the file",
    why: "No image can be built from the file, and rules see only the parts of it that make sense: a file with a syntax error is never clean. `tguard audit` ends with status 2 when it finds one.",
    howToFix: "Correct the instruction as the Dockerfile reference gives it.",
    bad: "FROM alpine:3.22\nRUM apk add curl\n",
    good: "FROM alpine:3.22\nRUN apk add curl\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL1000",
      "dockerfile_lint:builtin:param_syntax",
      "dockerfilelint:invalid_line",
    ],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/"],
  },

  check({ problems }, report) {
    for (const { kind, message, span } of problems) {
      // Trouble with bytes is told beside the findings: the text is still what builders read.
      if (kind !== "decode") report(span, message);
    }
  },
});

export default rule;
