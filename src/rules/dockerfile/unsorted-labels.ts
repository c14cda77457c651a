import type { Dockerfile, LabelInstruction, Pair } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1148",
    name: "unsorted-labels",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Labels of one LABEL are not in order",
    why: "In a sorted list a missing or doubled label is seen at once, and changes of two people meet less often.",
    howToFix:
      "Write the keys of `org.opencontainers.*` first, then the others, each in the order of their characters.",
    bad: "FROM debian:12\nLABEL com.example.b=1 com.example.a=2\n",
    good: "FROM debian:12\nLABEL com.example.a=2 com.example.b=1\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:labels/prefer-stable-order"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#label"],
  },

  check(dockerfile, report) {
    const commented = new Set(
      dockerfile.comments.flatMap(({ insideInstruction }) => insideInstruction ?? []),
    );
    for (const node of instructionsOf(dockerfile, "label")) {
      // A comment belongs to the pairs below it.
      if (commented.has(node.index)) continue;
      const { pairs } = node;
      const place = pairs.findIndex((pair, i) => {
        const next = pairs[i + 1];
        return next !== undefined && compare(pair, next) > 0;
      });
      const pair = pairs[place + 1];
      if (place === -1 || pair === undefined) continue;
      const fix = sorted(dockerfile, node);
      report(pair.key.span, `label "${pair.key.text}" is not in order`, fix && { fix });
    }
  },
});

const compare = ({ key: a }: Pair, { key: b }: Pair): number => {
  const rank = (text: string): number => (text.startsWith("org.opencontainers.") ? 0 : 1);
  return rank(a.text) - rank(b.text) || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
};

/** The pairs in order, each in the place of another; blanks and line ends between stay. */
function sorted({ text }: Dockerfile, { pairs }: LabelInstruction): Fix | undefined {
  const keys = new Set(pairs.map(({ key }) => key.text));
  // Of two equal keys the last one counts.
  if (keys.size < pairs.length) return undefined;
  const edits = [...pairs].sort(compare).flatMap((pair, i) => {
    const place = pairs[i];
    if (place === undefined || place === pair) return [];
    return [{ span: place.span, text: text.slice(pair.span.start, pair.span.end) }];
  });
  return { title: "sort the labels", safe: true, edits };
}

export default rule;
