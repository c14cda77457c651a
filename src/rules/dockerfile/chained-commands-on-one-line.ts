import { jointsOf, lineAt } from "../../audit/dockerfile/helpers-chain.ts";
import type { Dockerfile, Instruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1136",
    name: "chained-commands-on-one-line",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "Commands, mounts or pairs that belong on lines of their own share one",
    why: "A change of one command shows as a change of all, and two people's changes collide.",
    howToFix:
      "Write each command of a chain, each `--mount` and each pair of `LABEL` and `ENV` on a line of its own.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n",
    good: "FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl \\\n    && rm -rf /var/lib/apt/lists/*\n",
    since: "0.1.0",
    profile: "all",
    options: {
      width: { default: 80, description: "Lines of up to so many characters are left alone." },
    },
    aliases: ["tally:newline-per-chained-call"],
    cwe: [],
    references: [
      "https://docs.docker.com/build/building/best-practices/#sort-multi-line-arguments",
    ],
  },

  check(dockerfile, report, options) {
    const width = options.number("width");
    const { text, escape: escapeChar } = dockerfile;
    const newline = text.includes("\r\n") ? "\r\n" : "\n";
    for (const node of instructionsOf(dockerfile, "run", "label", "env"))
      for (const { line, breaks } of crowdedLines(dockerfile, node)) {
        const [first] = breaks;
        if (line.end - line.start <= width || first === undefined) continue;
        report(
          first.word,
          `${breaks.length + 1} ${NOUNS[first.kind]} share a line of ${line.end - line.start} characters`,
          {
            fix: {
              title: "give each a line of its own",
              safe: true,
              edits: breaks.map(({ gap, text: behind }) => ({
                span: gap,
                text: ` ${escapeChar}${newline}    ${behind}`,
              })),
            },
          },
        );
      }
  },
});

const NOUNS = { command: "commands", mount: "mounts", pair: "pairs" } as const;

/** Where a line can be broken: the blanks that go, and what follows them. */
interface Break {
  readonly kind: keyof typeof NOUNS;
  readonly gap: Span;
  readonly text: string;
  /** What would begin the new line. */
  readonly word: Span;
}

/** Lines with two commands, two mounts or two pairs on them. */
function crowdedLines(
  dockerfile: Dockerfile,
  node: Instruction,
): readonly { readonly line: Span; readonly breaks: readonly Break[] }[] {
  const lines = new Map<string, { line: Span; breaks: Break[] }>();
  for (const found of breaksOf(dockerfile, node)) {
    const line = lineAt(dockerfile, found.gap.start);
    if (found.gap.end > line.end) continue;
    const key = `${found.kind} ${line.start}`;
    const entry = lines.get(key) ?? { line, breaks: [] };
    entry.breaks.push(found);
    lines.set(key, entry);
  }
  return [...lines.values()];
}

function breaksOf(dockerfile: Dockerfile, node: Instruction): readonly Break[] {
  if (node.kind === "run") {
    const mounts = node.mounts.map(({ span }) => span);
    const commands = jointsOf(dockerfile, node).map(
      ({ operator, span, next }): Break => ({
        kind: "command",
        gap: span,
        text: `${operator} `,
        word: next.words[0]?.span ?? span,
      }),
    );
    return [...gapsBetween(dockerfile, "mount", mounts), ...commands];
  }
  if (node.kind !== "label" && node.kind !== "env") return [];
  // The old form is one pair, whatever blanks it holds.
  return gapsBetween(
    dockerfile,
    "pair",
    node.pairs.map(({ span }) => span),
  );
}

/** The blanks between neighbours. */
function gapsBetween(
  { text }: Dockerfile,
  kind: Break["kind"],
  spans: readonly Span[],
): readonly Break[] {
  return spans.slice(1).flatMap((word, i): Break[] => {
    const gap = { start: spans[i]?.end ?? word.start, end: word.start };
    const isBlank = gap.end > gap.start && text.slice(gap.start, gap.end).trim() === "";
    return isBlank ? [{ kind, gap, text: "", word }] : [];
  });
}

export default rule;
