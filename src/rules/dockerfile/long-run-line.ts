import { type Joint, jointsOf, lineAt } from "../../audit/dockerfile/helpers-chain.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1135",
    name: "long-run-line",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Line of a RUN with several commands is too long",
    why: "The end of a long line is not seen in reviews and diffs; whatever is added there passes unread.",
    howToFix:
      "Break the line before each `&&` with a backslash, or write the commands into a heredoc.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl git gnupg && rm -rf /var/lib/apt/lists/*\n",
    good: "FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends ca-certificates curl git gnupg \\\n    && rm -rf /var/lib/apt/lists/*\n",
    since: "0.1.0",
    profile: "all",
    options: { max: { default: 120, description: "How many characters a line may have." } },
    aliases: [],
    cwe: [],
    references: [
      "https://docs.docker.com/build/building/best-practices/#sort-multi-line-arguments",
    ],
  },

  check(dockerfile, report, options) {
    const max = options.number("max");
    for (const run of instructionsOf(dockerfile, "run"))
      for (const { line, joints } of crowdedLines(dockerfile, run)) {
        if (line.end - line.start <= max) continue;
        const fix = joints.length > 0 ? broken(dockerfile, joints) : undefined;
        report(
          { start: line.start + max, end: line.end },
          `line has ${line.end - line.start} characters, more than ${max}`,
          fix && { fix },
        );
      }
  },
});

interface CrowdedLine {
  readonly line: Span;
  /** Where it can be broken. */
  readonly joints: readonly Joint[];
}

/** Lines on which several commands begin. */
function crowdedLines(dockerfile: Dockerfile, run: RunInstruction): readonly CrowdedLine[] {
  const lines = new Map<number, { line: Span; count: number; joints: Joint[] }>();
  const entryAt = (place: number): { line: Span; count: number; joints: Joint[] } => {
    const line = lineAt(dockerfile, place);
    const entry = lines.get(line.start) ?? { line, count: 0, joints: [] };
    lines.set(line.start, entry);
    return entry;
  };
  for (const { nestedIn, runBy, span } of scriptOf(dockerfile, run).commands)
    if (nestedIn === undefined && runBy === undefined) entryAt(span.start).count++;
  for (const joint of jointsOf(dockerfile, run)) {
    const entry = entryAt(joint.span.start);
    // What is broken already is not on one line.
    if (joint.span.end <= entry.line.end) entry.joints.push(joint);
  }
  return [...lines.values()].filter(({ count }) => count > 1);
}

function broken({ text, escape: escapeChar }: Dockerfile, joints: readonly Joint[]): Fix {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return {
    title: "break the line before each operator",
    safe: true,
    edits: joints.map(({ operator, span }) => ({
      span,
      text: ` ${escapeChar}${newline}    ${operator} `,
    })),
  };
}

export default rule;
