import { partOf, shellRuns, writtenArguments } from "../../audit/dockerfile/helpers-shell.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { type Piece, piecesOf } from "../../audit/shell/expansion.ts";
import type { ShellWord } from "../../audit/shell/model.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1358",
    name: "quotes-end-early",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Quotes end where they were not meant to",
    why: 'Quotes of one kind do not nest: in `"a"b"c"` the b stands outside, and the quotes that were to be part of the text are gone. A configuration written so has lost them.',
    howToFix:
      'Put other quotes around it, `\'{"a": 1}\'`, or escape the inner ones, `"{\\"a\\": 1}"`.',
    bad: 'FROM debian:12\nRUN echo "{"a":"1"}" > /app.json\n',
    good: 'FROM debian:12\nRUN echo \'{"a":"1"}\' > /app.json\n',
    since: "0.1.0",
    aliases: ["hadolint:SC2026", "hadolint:SC2140", "shellcheck:SC2026", "shellcheck:SC2140"],
    cwe: [],
    references: [
      "https://www.shellcheck.net/wiki/SC2140",
      "https://www.shellcheck.net/wiki/SC2026",
    ],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile))
      for (const command of script.commands) {
        if (command.runBy !== undefined) continue;
        for (const word of writtenArguments(command)) {
          const found = word.isQuoted ? trapped(word) : undefined;
          if (found === undefined) continue;
          const text = word.raw.slice(found.start, found.end);
          report(
            partOf(dockerfile, word, found.start, found.end),
            `"${text.length > 40 ? `${text.slice(0, 39)}…` : text}" stands outside of the quotes`,
          );
        }
      }
  },
});

/** The first plain text with quotes of one kind right before and behind it that looks as if it belonged inside. */
function trapped(word: ShellWord): Piece | undefined {
  const pieces = piecesOf(word);
  return pieces.find((piece, i) => {
    const before = pieces[i - 1];
    const after = pieces[i + 1];
    if (piece.kind !== "plain" || before === undefined || after?.kind !== before.kind) return false;
    const text = word.raw.slice(piece.start, piece.end);
    if (before.kind === "single") return /^[A-Za-z0-9_]+$/.test(text);
    // `"$a"/"$b"` and `"a"="b"` are meant so, and so is what holds an expansion, a glob or an escape.
    const isJoint = /^[=:/.,@_-]$/.test(text) || /[$`\\*?[\]~{]/.test(text);
    return !isJoint && !(isOneThing(word, before) && isOneThing(word, after));
  });
}

/** `"$x"`, `"${x}"`, `"$(cmd)"`. */
const isOneThing = ({ raw }: ShellWord, { start, end }: Piece): boolean =>
  /^"\$(?:\w+|\{[^}]*\}|\(.*\))"$/s.test(raw.slice(start, end));

export default rule;
