import { shellRuns, writtenArguments } from "../../audit/dockerfile/helpers-shell.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1364",
    name: "export-hides-exit-status",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`export X=$(cmd)` hides that the command failed",
    why: "The status is that of `export`, which works: neither `&&` nor `set -e` sees that the command failed, and the build goes on with an empty value.",
    howToFix: "`X=$(cmd) && export X`.",
    bad: "FROM debian:12\nRUN export VERSION=$(cat /version) && make\n",
    good: "FROM debian:12\nRUN VERSION=$(cat /version) && export VERSION && make\n",
    since: "0.1.0",
    aliases: ["hadolint:SC2155", "shellcheck:SC2155"],
    cwe: ["CWE-252"],
    references: ["https://www.shellcheck.net/wiki/SC2155"],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile))
      for (const command of commandsNamed(script, COMMANDS))
        for (const word of writtenArguments(command)) {
          const [, name] = /^([A-Za-z_]\w*)=/.exec(word.raw) ?? [];
          if (name === undefined || !word.hasSubstitution || isSure(word)) continue;
          const fix = apart(dockerfile, command, word, name);
          report(
            word.span,
            `"${command.name}" hides the status of the command that "${name}" is taken from`,
            fix && { fix },
          );
        }
  },
});

const COMMANDS = ["export", "local", "readonly", "declare", "typeset"];

// What they run does not fail on a machine that works.
const SURE =
  /^["']?(?:\$\(|`)\s?(?:nproc|pwd|arch|hostname|whoami|uname -[a-z]|id -[ug]n?)\s?(?:\)|`)["']?$/;

const isSure = ({ raw }: ShellWord): boolean => SURE.test(raw.slice(raw.indexOf("=") + 1));

/** First the assignment, then `export`. */
function apart(
  { text }: Dockerfile,
  { name, args, words, operator, context, redirects, assignments }: SimpleCommand,
  word: ShellWord,
  variable: string,
): Fix | undefined {
  const [first] = words;
  const isPlain =
    name === "export" &&
    args.length === 1 &&
    redirects.length === 0 &&
    assignments.length === 0 &&
    operator !== "||" &&
    operator !== "|" &&
    context.nesting === 0 &&
    text.slice(first?.span.start, first?.span.end) === "export";
  if (!isPlain || first === undefined) return undefined;
  return {
    title: "assign first, then export",
    safe: false,
    edits: [
      { span: { start: first.span.start, end: word.span.start }, text: "" },
      { span: { start: word.span.end, end: word.span.end }, text: ` && export ${variable}` },
    ],
  };
}

export default rule;
