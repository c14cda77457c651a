import { isInPlace, shellRuns } from "../../audit/dockerfile/helpers-shell.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { unquotedExpansions } from "../../audit/shell/expansion.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1359",
    name: "useless-cat",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`cat` of one file feeds a pipe",
    why: "The next program can read the file itself. Of a pipe only the last status counts: when the file is missing, the build goes on with nothing.",
    howToFix: "`cmd < file`, or `cmd file` where the program takes names.",
    bad: "FROM debian:12\nRUN cat /tmp/list | xargs rm\n",
    good: "FROM debian:12\nRUN xargs rm < /tmp/list\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:SC2002", "shellcheck:SC2002"],
    cwe: [],
    references: ["https://www.shellcheck.net/wiki/SC2002"],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile))
      for (const { parts } of script.pipelines) {
        const [cat, ...others] = parts[0] ?? [];
        if (parts.length < 2 || cat?.name !== "cat" || others.length > 0 || !readsOne(cat))
          continue;
        const fix = redirect(dockerfile, script, cat, parts[1] ?? []);
        report((cat.words[0] ?? cat).span, `"cat" does no more than "<"`, fix && { fix });
      }
  },
});

function readsOne({ args, redirects, runs, runBy }: SimpleCommand): boolean {
  const [file] = args;
  return (
    file !== undefined &&
    args.length === 1 &&
    !file.text.startsWith("-") &&
    !file.hasGlob &&
    unquotedExpansions(file).length === 0 &&
    redirects.length === 0 &&
    runs === undefined &&
    runBy === undefined
  );
}

/** `cmd < file` for `cat file | cmd`, where the next part is one command that reads nothing else. */
function redirect(
  dockerfile: Dockerfile,
  { commands }: Script,
  cat: SimpleCommand,
  next: readonly SimpleCommand[],
): Fix | undefined {
  const [file] = cat.args;
  const [reader] = next;
  const { text } = dockerfile;
  if (file === undefined || reader === undefined || !isInPlace(dockerfile, file)) return undefined;
  const isOne = next.every(({ index, runBy }) => index === reader.index || runBy !== undefined);
  const isFed = reader.redirects.some(({ operator }) => operator.startsWith("<"));
  const between = text.slice(file.span.end, reader.span.start);
  const isBound = commands.some(({ nestedIn }) => nestedIn === reader.index);
  if (!isOne || isFed || isBound || cat.context.nesting > 0 || !/^\s*\|\s*$/.test(between))
    return undefined;
  // `{` and `(`, whose brackets are in no span, stand in the text between.
  return {
    title: "read the file by redirection",
    safe: true,
    edits: [
      { span: { start: cat.span.start, end: reader.span.start }, text: "" },
      { span: { start: reader.span.end, end: reader.span.end }, text: ` < ${file.raw}` },
    ],
  };
}

export default rule;
