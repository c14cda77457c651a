import { problemCode } from "../../audit/dockerfile/problem-code.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1260",
    name: "invalid-argument-format",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Argument has a form that the builder rejects",
    why: "The builder refuses the file: it asks for an array of strings here.",
    howToFix: 'Write a JSON array of strings: `SHELL ["/bin/bash", "-c"]`.',
    bad: "FROM alpine:3.22\nSHELL /bin/ash -c\n",
    good: 'FROM alpine:3.22\nSHELL ["/bin/ash", "-c"]\n',
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "dockerfile-utils:INVALID_SYNTAX",
      "dockerfile-utils:SHELL_JSON_FORM",
      "dockerfile-utils:SHELL_REQUIRES_ONE",
      "dockerfilelint:invalid_format",
    ],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#shell",
      "https://docs.docker.com/reference/dockerfile/#volume",
    ],
  },

  check(dockerfile, report) {
    for (const problem of dockerfile.problems)
      if (problemCode(problem) === "argument-format")
        report(problem.span, `argument of another form is wanted: ${problem.message}`);
  },
});

export default rule;
