import type { Pair } from "../../audit/dockerfile/model.ts";
import { instructionsOf, reachableStages } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1237",
    name: "legacy-key-value",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "ENV or LABEL is written with a blank instead of `=`",
    why: "The old form takes all to the end of the line for one value: a second variable on the line becomes a part of the first, without an error. It is deprecated, and may go.",
    howToFix: 'Write `ENV key="value"`.',
    bad: "FROM alpine:3.22\nENV MODE production\n",
    good: "FROM alpine:3.22\nENV MODE=production\n",
    since: "0.1.0",
    aliases: ["buildkit:LegacyKeyValueFormat"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/legacy-key-value-format/",
      "https://docs.docker.com/reference/dockerfile/#env",
    ],
  },

  check(dockerfile, report) {
    const built = reachableStages(dockerfile);
    for (const { pairs, stageIndex, keyword } of instructionsOf(dockerfile, "env", "label")) {
      const [pair] = pairs;
      if (
        pair === undefined ||
        pair.separator === "=" ||
        stageIndex === undefined ||
        !built.has(stageIndex)
      )
        continue;
      const fix = withEquals(dockerfile.text, pair);
      report(
        pair.span,
        `"${keyword} ${pair.key.text}" gives its value behind a blank`,
        fix && { fix },
      );
    }
  },
});

/** The same value in the new form; what quotes or escapes make of a text with blanks is left to people. */
function withEquals(text: string, { key, value, span }: Pair): Fix | undefined {
  const { raw } = value;
  const isOneWord = /^(?:[^\s"'\\`]+|"[^"\\`]*"|'[^']*')$/.test(raw);
  const isPlainText = /^[^"'\\`]+$/.test(raw) && !/\$\{[^}]*\s/.test(raw);
  if ((!isOneWord && !isPlainText) || text.slice(value.span.start, value.span.end) !== raw)
    return undefined;
  if (text.slice(key.span.end, value.span.start).trim() !== "") return undefined;
  return {
    title: 'write "="',
    safe: true,
    edits: [
      { span: { start: key.span.end, end: span.end }, text: `=${isOneWord ? raw : `"${raw}"`}` },
    ],
  };
}

export default rule;
