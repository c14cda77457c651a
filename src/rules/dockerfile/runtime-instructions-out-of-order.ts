import type { Dockerfile, Instruction, Stage } from "../../audit/dockerfile/model.ts";
import { finalStage } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1116",
    name: "runtime-instructions-out-of-order",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "What the container does is not told at the end, in the usual order",
    why: "Readers look for how a container starts, is asked for its health and stops at the end of the file. What stands in the middle is missed, and set a second time.",
    howToFix:
      "End the last stage with `STOPSIGNAL`, `HEALTHCHECK`, `ENTRYPOINT`, `CMD`, in that order.",
    bad: 'FROM debian:12\nCMD ["app"]\nENTRYPOINT ["/init"]\n',
    good: 'FROM debian:12\nENTRYPOINT ["/init"]\nCMD ["app"]\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:epilogue-order"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#overview"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined) return;
    const { instructions } = stage;
    // The first that something follows that belongs before it.
    const place = instructions.findIndex((node, i) => {
      const next = instructions[i + 1];
      return next !== undefined && rank(node) > rank(next);
    });
    const node = instructions[place];
    const next = instructions[place + 1];
    if (node === undefined || next === undefined) return;
    const fix = sorted(dockerfile, stage);
    report(
      node.keywordSpan,
      `"${node.keywordText}" stands before "${next.keywordText}"`,
      fix && { fix },
    );
  },
});

const ORDER = ["stopsignal", "healthcheck", "entrypoint", "cmd"];

/** 0 for all that may stand before. */
const rank = ({ kind }: Instruction): number => ORDER.indexOf(kind) + 1;

/** The instructions moved to the end of the stage with the comments above them. */
function sorted(
  { text, escape: escapeChar }: Dockerfile,
  { instructions }: Stage,
): Fix | undefined {
  const moved = instructions.filter((node) => rank(node) > 0);
  const kinds = new Set(moved.map(({ kind }) => kind));
  // Of two the last one counts: not to be mixed up. SHELL between them decides how they are read.
  const isRisky =
    kinds.size < moved.length ||
    instructions.some(({ kind }) => kind === "shell" || kind === "unknown") ||
    moved.some((node) => node.kind === "stopsignal" && node.signal.variables.length > 0);
  const last = instructions.at(-1);
  if (isRisky || last === undefined || escapeChar !== "\\") return undefined;
  const blocks = moved.map((node) => ({ node, ...blockOf(text, node) }));
  const end = lineEnd(text, last.span.end);
  const tail = [...blocks]
    .sort((a, b) => rank(a.node) - rank(b.node))
    .map(({ start, end: blockEnd }) => text.slice(start, blockEnd).replace(/\n?$/, "\n"))
    .join("");
  const newline = text.slice(0, end).endsWith("\n") ? "" : "\n";
  return {
    title: "move them to the end",
    safe: true,
    edits: [
      ...blocks
        .filter((block) => block.end < end)
        .map(({ start, end: blockEnd }) => ({ span: { start, end: blockEnd }, text: "" })),
      ...(blocks.at(-1)?.end === end
        ? [{ span: { start: blocks.at(-1)?.start ?? end, end }, text: tail }]
        : [{ span: { start: end, end }, text: `${newline}${tail}` }]),
    ],
  };
}

/** The lines of an instruction and of the comments above it. */
function blockOf(text: string, node: Instruction): { start: number; end: number } {
  const first = node.commentsAbove[0]?.span.start ?? node.span.start;
  return { start: text.lastIndexOf("\n", first - 1) + 1, end: lineEnd(text, node.span.end) };
}

function lineEnd(text: string, at: number): number {
  const feed = text.indexOf("\n", at);
  return feed === -1 ? text.length : feed + 1;
}

export default rule;
