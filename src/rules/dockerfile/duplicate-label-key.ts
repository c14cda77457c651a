import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import type { LabelInstruction, Pair } from "../../audit/dockerfile/model.ts";
import { unwrapped } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1255",
    name: "duplicate-label-key",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "LABEL sets a key that a later LABEL of the stage sets again",
    why: "The earlier value is in no image. Whoever reads the file takes it for true: the licence, the maintainer, the source that a scanner goes by.",
    howToFix: "Delete the earlier one.",
    bad: "FROM alpine:3.22\nLABEL version=1\nLABEL version=2\n",
    good: "FROM alpine:3.22\nLABEL version=2\n",
    since: "0.1.0",
    aliases: ["tally:labels/no-duplicate-keys"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#label"],
  },

  check(dockerfile, report) {
    const earlier = new Map<string, { readonly node: LabelInstruction; readonly pair: Pair }>();
    for (const node of unwrapped(dockerfile)) {
      if (node.kind === "from") earlier.clear();
      if (node.kind !== "label") continue;
      for (const pair of node.pairs) {
        if (pair.key.value === undefined) continue;
        const key = `${node.isTrigger} ${pair.key.value}`;
        const before = earlier.get(key);
        if (before !== undefined) {
          const fix: Fix | undefined =
            before.node.pairs.length === 1
              ? {
                  title: "delete it",
                  safe: true,
                  edits: [deleteInstruction(dockerfile, before.node)],
                }
              : undefined;
          report(
            before.pair.span,
            `"${pair.key.value}" is set again below, so this has no effect`,
            {
              related: [{ span: pair.key.span, message: "set again here" }],
              ...(fix && { fix }),
            },
          );
        }
        earlier.set(key, { node, pair });
      }
    }
  },
});

export default rule;
