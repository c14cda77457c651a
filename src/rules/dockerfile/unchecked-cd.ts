import { shellRuns } from "../../audit/dockerfile/helpers-shell.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1365",
    name: "unchecked-cd",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "The script goes on when `cd` fails",
    why: "What follows then runs in the directory before: `cd build; rm -rf *` empties another one, and the build does not stop.",
    howToFix: "`cd dir && …`, `cd dir || exit 1`, or `set -e` at the top.",
    bad: "FROM debian:12\nRUN cd /src; make\n",
    good: "FROM debian:12\nRUN cd /src && make\n",
    since: "0.1.0",
    aliases: ["hadolint:SC2164", "shellcheck:SC2164"],
    cwe: ["CWE-252"],
    references: ["https://www.shellcheck.net/wiki/SC2164"],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile))
      for (const command of commandsNamed(script, ["cd", "pushd", "popd"])) {
        const { context, options, args, span } = command;
        if (context.isCondition || options.errexit || command.runBy !== undefined) continue;
        if (NEVER_FAIL.includes(args[0]?.text ?? "") || !isFollowed(script, command)) continue;
        const isPlain = context.nesting === 0 && command.place === 0 && command.operator !== "||";
        report(
          (command.words[0] ?? command).span,
          `nothing stops the script when "${command.name}" fails`,
          isPlain
            ? {
                fix: {
                  title: 'add "|| exit 1"',
                  safe: true,
                  edits: [{ span: { start: span.end, end: span.end }, text: " || exit 1" }],
                },
              }
            : undefined,
        );
      }
  },
});

// Directories that are always there.
const NEVER_FAIL = ["", "/", "..", ".", "~", "/tmp", "/root"];

/** True when the shell runs something behind it: else its status is that of the script. */
function isFollowed({ commands }: Script, command: SimpleCommand): boolean {
  let at = command.index + 1;
  while (commands[at]?.nestedIn === command.index) at++;
  const next = commands[at];
  return next !== undefined && next.operator !== "|";
}

export default rule;
