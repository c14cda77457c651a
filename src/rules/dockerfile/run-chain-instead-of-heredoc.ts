import { jointsOf, lineAt } from "../../audit/dockerfile/helpers-chain.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isWindows, stageOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1137",
    name: "run-chain-instead-of-heredoc",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "Long chain of commands could be a RUN heredoc",
    why: "In a chain one forgotten `&&` or backslash changes what runs, and shell checkers cannot read it as the script that it is.",
    howToFix:
      "Write `RUN <<EOF`, `set -e`, the commands on lines of their own, and `EOF` (Dockerfile syntax 1.4).",
    bad: "FROM debian:12\nRUN mkdir /app && cd /app && touch a && touch b\n",
    good: "FROM debian:12\nRUN <<EOF\nset -e\nmkdir /app\ncd /app\ntouch a\ntouch b\nEOF\n",
    since: "0.1.0",
    profile: "all",
    options: {
      minimum: { default: 3, description: "How many `&&` make a chain long." },
    },
    aliases: ["tally:prefer-run-heredoc"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#here-documents"],
  },

  check(dockerfile, report, options) {
    const minimum = options.number("minimum");
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      if (stage === undefined || isWindows(dockerfile, stage)) continue;
      const joints = jointsOf(dockerfile, run).filter(({ operator }) => operator === "&&");
      if (joints.length < minimum) continue;
      const fix = asHeredoc(dockerfile, run);
      report(run.keywordSpan, `${joints.length + 1} commands are chained`, fix && { fix });
    }
  },
});

/** The commands on lines of their own; only of chains that hold nothing else. */
function asHeredoc(dockerfile: Dockerfile, run: RunInstruction): Fix | undefined {
  const { text, comments, escape: escapeChar } = dockerfile;
  const { command } = run;
  const isCommented = comments.some(({ insideInstruction }) => insideInstruction === run.index);
  if (command.form !== "shell" || isCommented || run.isTrigger || escapeChar !== "\\")
    return undefined;
  const { commands, pipelines, errors } = scriptOf(dockerfile, run);
  const outer = commands.filter(({ runBy }) => runBy === undefined);
  const joints = jointsOf(dockerfile, run);
  const isChain =
    errors.length === 0 &&
    pipelines.length === outer.length &&
    joints.every(({ operator }) => operator === "&&") &&
    joints.length === outer.length - 1 &&
    commands.every(({ context, nestedIn }) => nestedIn === undefined && !context.isBackground);
  // A line that is the delimiter would end it, a backslash at a line end means the shell's own.
  const { start, end } = command.span;
  const written = text.slice(start, end);
  if (!isChain || /^EOF$/m.test(written) || written.includes("\r") || written.includes("#"))
    return undefined;
  const places = [start, ...joints.flatMap(({ span }) => [span.start, span.end]), end];
  const lines: string[] = [];
  for (let i = 0; i + 1 < places.length; i += 2)
    lines.push(text.slice(places[i], places[i + 1]).trim());
  return {
    title: "write a heredoc",
    // `set -e` differs from `&&` inside of functions and conditions, and older builders know no heredocs.
    safe: false,
    edits: [
      {
        span: { start, end: lineAt(dockerfile, end).end },
        text: ["<<EOF", "set -e", ...lines, "EOF"].join("\n"),
      },
    ],
  };
}

export default rule;
