import { isInPlace, shellRuns, writtenArguments } from "../../audit/dockerfile/helpers-shell.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1362",
    name: "glob-may-be-flag",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "A file name that a glob gives may be taken for an option",
    why: "A file called `-rf` or `--reference=x` in the directory becomes an option of the command: whoever may put files there, by an archive or the build context, changes what it does.",
    howToFix: "`./*` instead of `*`, or `--` before it.",
    bad: "FROM debian:12\nWORKDIR /src\nRUN chmod 644 *.conf\n",
    good: "FROM debian:12\nWORKDIR /src\nRUN chmod 644 ./*.conf\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:SC2035", "shellcheck:SC2035"],
    cwe: ["CWE-88"],
    references: [
      "https://www.shellcheck.net/wiki/SC2035",
      "https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap12.html#tag_12_02",
    ],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile))
      for (const command of script.commands) {
        if (!COMMANDS.has(command.name ?? "")) continue;
        const args = writtenArguments(command);
        const end = args.findIndex(({ text }) => text === "--");
        for (const word of end === -1 ? args : args.slice(0, end)) {
          if (!word.hasGlob || !/^[*?]/.test(word.raw)) continue;
          // Of others the name is part of what they write: `tar` keeps "./".
          const isSafe = EQUAL.has(command.name ?? "");
          const canEdit = isInPlace(dockerfile, word) && command.context.nesting === 0;
          report(
            word.span,
            `a name that "${word.raw}" gives may begin with "-"`,
            canEdit
              ? {
                  fix: {
                    title: 'write "./" before it',
                    safe: isSafe,
                    edits: [{ span: { start: word.span.start, end: word.span.start }, text: "./" }],
                  },
                }
              : undefined,
          );
        }
      }
  },
});

const EQUAL: ReadonlySet<string> = new Set("rm rmdir chmod chown chgrp cp mv cat touch".split(" "));
const COMMANDS: ReadonlySet<string> = new Set([
  ...EQUAL,
  ..."tar zip gzip bzip2 xz zstd ln ls sed awk grep egrep fgrep head tail sort wc install rsync scp strip dpkg rpm md5sum sha256sum sha512sum".split(
    " ",
  ),
]);

export default rule;
