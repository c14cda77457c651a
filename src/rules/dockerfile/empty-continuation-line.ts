import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1264",
    name: "empty-continuation-line",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Empty line stands inside a continued instruction",
    why: "Builders skip it with a warning, and say that it will be an error. Until then a reader takes the lines below for another command than the builder does.",
    howToFix: "Delete the line, or make it a comment.",
    bad: "FROM alpine:3.22\nRUN apk add \\\n\n    curl\n",
    good: "FROM alpine:3.22\nRUN apk add \\\n    curl\n",
    since: "0.1.0",
    aliases: ["buildkit:NoEmptyContinuation", "dockerfile-utils:EMPTY_CONTINUATION_LINE"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/no-empty-continuation/",
      "https://docs.docker.com/reference/dockerfile/#format",
    ],
  },

  check(dockerfile, report) {
    const { text } = dockerfile;
    for (const { emptyContinuations, keyword, keywordSpan, headSpan } of dockerfile.instructions) {
      // Behind the last words they end the instruction, and delete nothing.
      const inside = emptyContinuations.filter(({ start }) => start < headSpan.end);
      const last = emptyContinuations.at(-1);
      if (last === undefined) continue;
      const fix: Fix | undefined =
        inside.length === emptyContinuations.length
          ? {
              title: inside.length === 1 ? "delete the line" : "delete the lines",
              safe: true,
              edits: inside.map(({ start, end }) => {
                const feed = text.indexOf("\n", end);
                return { span: { start, end: feed === -1 ? text.length : feed + 1 }, text: "" };
              }),
            }
          : undefined;
      report(last, `empty line inside of "${keyword}"`, {
        related: [{ span: keywordSpan, message: "the instruction begins here" }],
        ...(fix && { fix }),
      });
    }
  },
});

export default rule;
