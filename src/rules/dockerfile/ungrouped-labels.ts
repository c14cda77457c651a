import type { Dockerfile, Instruction, LabelInstruction } from "../../audit/dockerfile/model.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1147",
    name: "ungrouped-labels",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Neighbouring LABEL instructions could be one",
    why: "One block is easier to read and to compare. Builders before Docker 1.10 made a layer of each.",
    howToFix: "Write the labels into one `LABEL`, a line for each.",
    bad: "FROM debian:12\nLABEL a=1\nLABEL b=2\n",
    good: "FROM debian:12\nLABEL a=1 \\\n      b=2\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:labels/prefer-grouped"],
    cwe: [],
    references: ["https://docs.docker.com/build/building/best-practices/#label"],
  },

  check(dockerfile, report) {
    for (const { instructions } of dockerfile.stages)
      for (const group of groupsOf(dockerfile, instructions)) {
        const [first] = group;
        if (first === undefined || group.length < 2) continue;
        const fix = merged(dockerfile, group);
        report(
          first.keywordSpan,
          `${group.length} LABEL instructions stand together`,
          fix && { fix },
        );
      }
  },
});

/** Runs of LABEL with nothing between them, comments neither. */
function groupsOf(
  { text }: Dockerfile,
  instructions: readonly Instruction[],
): readonly (readonly LabelInstruction[])[] {
  const groups: LabelInstruction[][] = [];
  let previous: Instruction | undefined;
  for (const node of instructions) {
    if (node.kind === "label") {
      const isNext =
        previous?.kind === "label" && text.slice(previous.span.end, node.span.start).trim() === "";
      if (isNext) groups.at(-1)?.push(node);
      else groups.push([node]);
    }
    previous = node;
  }
  return groups;
}

/** The pairs of all behind the first keyword. */
function merged(
  { text, escape: escapeChar }: Dockerfile,
  group: readonly LabelInstruction[],
): Fix | undefined {
  // The old form takes the whole line as its value.
  const isPlain = group.every(
    ({ pairs, flags }) =>
      flags.length === 0 && pairs.length > 0 && pairs.every(({ separator }) => separator === "="),
  );
  if (!isPlain) return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return {
    title: "write one LABEL",
    safe: true,
    edits: group.slice(1).map(({ rest }, i) => ({
      span: { start: group[i]?.rest.span.end ?? 0, end: rest.span.start },
      text: ` ${escapeChar}${newline}      `,
    })),
  };
}

export default rule;
