import type { HeredocCommandLine, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1457",
    name: "heredoc-without-errexit",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "RUN with a heredoc goes on when a command of it fails",
    why: "Only the status of the last line counts. When an update, a download or a check in the middle fails, the build goes on with what is there, and the broken layer is kept in the cache.",
    howToFix: "Begin the heredoc with `set -e`, or join the commands with `&&`.",
    bad: "FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n",
    good: "FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-252", "CWE-755"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#here-documents",
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.command.form !== "heredoc") continue;
      const lost = lostFailure(scriptOf(dockerfile, run));
      if (lost === undefined) continue;
      const { heredoc } = run.command;
      report(heredoc.span, `a failure of "${lost.name ?? "a command"}" does not end the step`, {
        related: [{ span: (lost.words[0] ?? lost).span, message: "its status is lost" }],
        ...withErrexit(run, run.command),
      });
    }
  },
});

/** These do not fail, or set what is asked about here. */
const NEVER_FAILS = new Set(
  "echo printf set export exit return : true shopt umask trap local declare readonly alias unset".split(
    " ",
  ),
);

/** The first command whose failure nobody asks for, as another one follows on a line of its own. */
function lostFailure({ commands, state }: Script): SimpleCommand | undefined {
  if (state === "unknown") return undefined;
  const top = commands.filter(
    ({ context, runBy }) => context.nesting === 0 && !context.isSubstitution && runBy === undefined,
  );
  return top.find((command, i) => {
    const { name, options, context, operator } = command;
    if (
      options.errexit ||
      context.isCondition ||
      context.functionName !== undefined ||
      context.isFallback
    )
      return false;
    if (NEVER_FAILS.has(name ?? "") || context.isBackground || operator === "|") return false;
    const next = top.slice(i + 1).find(({ place }) => place === 0);
    return next !== undefined && next.operator === ";" && next.context.functionName === undefined;
  });
}

function withErrexit(
  { command: { span } }: RunInstruction,
  { heredoc }: HeredocCommandLine,
): { readonly fix?: Fix } {
  const { text } = heredoc.body;
  const hasShebang = text.startsWith("#!");
  const lineEnd = heredoc.content.indexOf("\n") + 1;
  if (hasShebang && lineEnd === 0) return {};
  const start = span.start + (hasShebang ? lineEnd : 0);
  // The lines of the body keep their indentation.
  const indent = /^[ \t]*/.exec(heredoc.content.slice(hasShebang ? lineEnd : 0))?.[0] ?? "";
  return {
    fix: {
      title: 'begin with "set -e"',
      safe: false,
      edits: [{ span: { start, end: start }, text: `${indent}set -e\n` }],
    },
  };
}

export default rule;
