import { shellRuns } from "../../audit/dockerfile/helpers-shell.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1360",
    name: "and-or-as-if",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "`A && B || C` is no if-then-else",
    why: "C runs when A fails, and also when A works and B fails: the build takes the other way, and the failure of B is gone.",
    howToFix: "`if A; then B; else C; fi`.",
    bad: "FROM debian:12\nRUN test -f /a && make fast || make slow\n",
    good: "FROM debian:12\nRUN if test -f /a; then make fast; else make slow; fi\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:SC2015", "shellcheck:SC2015"],
    cwe: [],
    references: ["https://www.shellcheck.net/wiki/SC2015"],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile))
      for (const command of script.commands) {
        if (command.operator !== "||" || command.runBy !== undefined) continue;
        if (command.context.isCondition || NEVER_FAIL.includes(command.name ?? "")) continue;
        const middle = commandBefore(dockerfile, script, command);
        if (middle === undefined || NEVER_FAIL.includes(middle.name ?? "")) continue;
        report(
          (command.words[0] ?? command).span,
          `"${command.name ?? "this"}" runs when "${middle.name ?? "the middle command"}" fails, too`,
        );
      }
  },
});

// What ends the script or cannot fail makes the form do what it looks like.
const NEVER_FAIL = ["echo", "printf", "true", ":", "exit", "return", "false"];

/** B of `A && B || C`, by C: the operator between them alone in the text, so no bracket closes before it. */
function commandBefore(
  { text }: Dockerfile,
  { commands, pipelines }: Script,
  command: SimpleCommand,
): SimpleCommand | undefined {
  for (let i = command.index - 1; i >= 0 && i > command.index - 50; i--) {
    const other = commands[i];
    if (other === undefined || other.nestedIn !== command.nestedIn || other.runBy !== undefined)
      continue;
    if (other.context.isSubstitution !== command.context.isSubstitution) continue;
    const first = pipelines[other.pipeline]?.parts[0]?.[0];
    const between = text.slice(other.span.end, command.span.start);
    const isDirect = /^(?:\s|\\\r?\n|`\r?\n)*\|\|(?:\s|\\\r?\n|`\r?\n)*$/.test(between);
    return isDirect && first?.operator === "&&" ? other : undefined;
  }
  return undefined;
}

export default rule;
