import { problemCode } from "../../audit/dockerfile/problem-code.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1259",
    name: "wrong-argument-count",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Instruction has too few or too many arguments",
    why: "The builder refuses the file, or takes all that follows for one argument.",
    howToFix: "Write the instruction as the Dockerfile reference gives it.",
    bad: "FROM alpine:3.22\nCOPY app\n",
    good: "FROM alpine:3.22\nCOPY app /app\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "dockerfile-utils:ARGUMENT_MISSING",
      "dockerfile-utils:ARGUMENT_EXTRA",
      "dockerfile-utils:ARGUMENT_REQUIRES_ONE",
      "dockerfile-utils:ARGUMENT_REQUIRES_AT_LEAST_ONE",
      "dockerfile-utils:ARGUMENT_REQUIRES_TWO",
      "dockerfile-utils:ARGUMENT_REQUIRES_AT_LEAST_TWO",
      "dockerfile-utils:ARGUMENT_REQUIRES_ONE_OR_THREE",
      "dockerfile-utils:ARGUMENT_UNNECESSARY",
      "dockerfile-utils:INVALID_AS",
      "dockerfilelint:required_params",
      "dockerfilelint:missing_args",
      "dockerfilelint:extra_args",
    ],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/"],
  },

  check(dockerfile, report) {
    for (const problem of dockerfile.problems)
      if (problemCode(problem) === "argument-count")
        report(problem.span, `wrong number of arguments: ${problem.message}`);
    for (const node of instructionsOf(dockerfile, "user", "stopsignal")) {
      const word = node.kind === "user" ? node.word : node.signal;
      if (/\s/.test(word.text) && !word.isQuoted && word.variables.length === 0)
        report(word.span, `"${node.keyword}" takes one argument`);
    }
  },
});

export default rule;
