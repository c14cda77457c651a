import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1247",
    name: "commands-joined-by-semicolon",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Commands of a RUN are joined by `;`, so a failure is not seen",
    why: "The status of a RUN is that of its last command. When one before it fails the build goes on, and the layer, half made, is kept in the cache.",
    howToFix: "Join by `&&`, or begin with `set -e`.",
    bad: "FROM debian:12\nRUN apt-get update; apt-get install -y curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["dockerfile_lint:no_ampersand_usage"],
    cwe: [],
    references: [
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_03",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.command.form === "exec" || /(?:^|\s)\{\s/.test(run.command.script.text)) continue;
      const script = scriptOf(dockerfile, run);
      if (script.state !== "parsed") continue;
      for (const command of script.commands) {
        if (!isPlain(command) || command.operator !== ";" || command.runBy !== undefined) continue;
        const before = previous(script, command);
        if (
          before === undefined ||
          !isPlain(before) ||
          before.context.isFallback ||
          NEVER_FAILS.includes(before.name ?? "")
        )
          continue;
        const from = before.span.end;
        const gap = dockerfile.text.slice(from, command.span.start);
        const semicolon = gap.indexOf(";");
        if (semicolon === -1 ? run.command.form !== "heredoc" : !/^[\s\\]*;[\s\\]*$/.test(gap))
          continue;
        const at = from + semicolon;
        const fix: Fix | undefined =
          semicolon === -1
            ? undefined
            : {
                title: 'write "&&"',
                safe: false,
                edits: [
                  {
                    span: { start: at, end: at + 1 },
                    text: /\s$/.test(dockerfile.text.slice(from, at)) ? "&&" : " &&",
                  },
                ],
              };
        const [word] = before.words;
        report(
          word?.span ?? before.span,
          `nothing sees when "${before.name ?? word?.text ?? ""}" fails`,
          fix && { fix },
        );
        break;
      }
    }
  },
});

/** These change the shell, or write what they are given. */
const NEVER_FAILS = [
  "set",
  "echo",
  "printf",
  "true",
  ":",
  "export",
  "unset",
  "umask",
  "trap",
  "shopt",
  "sleep",
  "exit",
];

const isPlain = ({ context, options, nestedIn }: SimpleCommand): boolean =>
  nestedIn === undefined &&
  !context.isConditional &&
  !context.isCondition &&
  !context.isLoop &&
  !context.isSubshell &&
  context.functionName === undefined &&
  !options.errexit;

/** The command before in the same list; the last part of what stands left of `;`. */
function previous({ commands }: Script, { index }: SimpleCommand): SimpleCommand | undefined {
  const before = commands[index - 1];
  return before?.runBy === undefined ? before : commands[before.runBy];
}

export default rule;
