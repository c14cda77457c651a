import { problemCode } from "../../audit/dockerfile/problem-code.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1241",
    name: "unsupported-variable-modifier",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`${…}` holds an operator that the builder does not know",
    why: "The builder refuses the file: it knows `-`, `:-`, `+`, `:+`, `?`, `:?`, `#`, `##`, `%`, `%%`, `/` and `//`, and of the shell's others none.",
    howToFix: "Work the value out in a `RUN`, or give it as a build argument.",
    bad: "FROM alpine:3.22\nARG NAME=App\nENV LOWER=${NAME,,}\n",
    good: "FROM alpine:3.22\nARG NAME=App\nENV NAME=${NAME:-app}\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["dockerfile-utils:UNSUPPORTED_MODIFIER"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#environment-replacement"],
  },

  check(dockerfile, report) {
    for (const problem of dockerfile.problems) {
      if (problemCode(problem) !== "modifier") continue;
      const operator = /unsupported modifier \((.*?)\) in/.exec(problem.message)?.[1] ?? "";
      report(problem.span, `operator "${operator}" is not known to the builder`);
    }
  },
});

export default rule;
