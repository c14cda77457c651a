import { isOfficialImage } from "../../audit/dockerfile/helpers-base-image.ts";
import type { ShellRun } from "../../audit/dockerfile/helpers-shell.ts";
import { isInPlace, shellRuns } from "../../audit/dockerfile/helpers-shell.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { externalBase, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord } from "../../audit/shell/model.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1361",
    name: "echo-with-escapes",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "`echo` prints escapes as one shell or another reads them",
    why: "dash makes a line end of `\\n`, bash and BusyBox print it as it stands. With another base image a configuration written so becomes one line that nobody can read.",
    howToFix: "`printf 'a\\nb\\n'`, or a heredoc.",
    bad: 'FROM alpine:3.22\nRUN echo "a\\nb" > /etc/app.conf\n',
    good: "FROM alpine:3.22\nRUN printf 'a\\nb\\n' > /etc/app.conf\n",
    since: "0.1.0",
    aliases: ["hadolint:SC2028", "shellcheck:SC2028"],
    cwe: [],
    references: [
      "https://www.shellcheck.net/wiki/SC2028",
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/echo.html",
    ],
  },

  check(dockerfile, report) {
    for (const shellRun of shellRuns(dockerfile)) {
      if (isDash(dockerfile, shellRun)) continue;
      for (const command of shellRun.script.commands) {
        if (command.name !== "echo" || command.args[0]?.text.startsWith("-") === true) continue;
        const word = command.args.find(hasEscape);
        if (word === undefined) continue;
        const [echo] = command.words;
        const canEdit =
          echo !== undefined &&
          command.args.length === 1 &&
          command.context.nesting === 0 &&
          isInPlace(dockerfile, echo);
        report(
          word.span,
          '"echo" prints this as the shell of the image reads escapes',
          canEdit
            ? {
                fix: {
                  title: "print it by printf",
                  safe: false,
                  edits: [{ span: echo.span, text: "printf '%b\\n'" }],
                },
              }
            : undefined,
        );
      }
    }
  },
});

/** A backslash and a letter that `echo -e` knows; two backslashes stand for one. */
const hasEscape = ({ text }: ShellWord): boolean =>
  /(?<!\\)\\(?:[abcefnrtv]|0[0-7]|x[0-9A-Fa-f])/.test(text);

/** True when it is known that dash reads the script: always in the same way, and mostly as meant. */
function isDash(dockerfile: Dockerfile, { run, script }: ShellRun): boolean {
  if (script.shell !== "sh") return script.shell === "dash";
  const stage = stageOf(dockerfile, run);
  const base = stage === undefined ? undefined : externalBase(dockerfile, stage);
  return base !== undefined && ["debian", "ubuntu"].some((name) => isOfficialImage(base, name));
}

export default rule;
