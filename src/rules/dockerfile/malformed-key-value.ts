import { problemCode } from "../../audit/dockerfile/problem-code.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1238",
    name: "malformed-key-value",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "ENV, LABEL or ARG has a pair that does not parse",
    why: "The builder refuses the file.",
    howToFix: "Write `name=value` without blanks around `=`, and close every quote.",
    bad: "FROM alpine:3.22\nENV a=b c\n",
    good: "FROM alpine:3.22\nENV a=b c=d\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "dockerfile-utils:SYNTAX_MISSING_EQUALS",
      "dockerfile-utils:SYNTAX_MISSING_NAMES",
      "dockerfile-utils:SYNTAX_MISSING_SINGLE_QUOTE",
      "dockerfile-utils:SYNTAX_MISSING_DOUBLE_QUOTE",
      "dockerfilelint:label_invalid",
    ],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#env",
      "https://docs.docker.com/reference/dockerfile/#label",
    ],
  },

  check(dockerfile, report) {
    const wrong = dockerfile.problems.filter((problem) => problemCode(problem) === "key-value");
    if (wrong.length === 0) return;
    const nodes = instructionsOf(dockerfile, "env", "label", "arg");
    for (const { span, message } of wrong) {
      const node = nodes.find(
        (other) => other.span.start <= span.start && span.end <= other.span.end,
      );
      if (node === undefined) continue;
      const written = dockerfile.text.slice(span.start, span.end);
      const what = written.startsWith("=")
        ? "has no name"
        : message.includes("matching")
          ? "has a quote that is not closed"
          : 'has no "="';
      report(span, `pair of "${node.keyword}" ${what}`);
    }
  },
});

export default rule;
