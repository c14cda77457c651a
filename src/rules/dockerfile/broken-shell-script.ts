import { partOf, shellRuns, writtenArguments } from "../../audit/dockerfile/helpers-shell.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { defineRule, type Report, type Rule } from "../../audit/rule.ts";
import { piecesOf } from "../../audit/shell/expansion.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1355",
    name: "broken-shell-script",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A shell script does not parse, or has a token that means something else",
    why: "The shell stops where it cannot read on, or runs something that nobody meant: a quote that a word processor changed is part of the name, `x = 1` runs a program called x.",
    howToFix: "Correct the script. `sh -n` and ShellCheck show where a shell stumbles.",
    bad: "FROM debian:12\nRUN if [ -f /a ]; then rm /a\n",
    good: "FROM debian:12\nRUN if [ -f /a ]; then rm /a; fi\n",
    since: "0.1.0",
    aliases: [
      ..."1000 1001 1007 1010 1018 1035 1045 1065 1066 1068 1077 1078 1079 1081 1083 1086 1087 1095 1097 1098 1099"
        .split(" ")
        .flatMap((code) => [`hadolint:SC${code}`, `shellcheck:SC${code}`]),
    ],
    cwe: [],
    references: [
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html",
      "https://www.shellcheck.net/wiki/",
    ],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile)) {
      // A file for Windows that nothing tells as such.
      if (/^(?:powershell|pwsh|cmd)$/.test(script.commands[0]?.name ?? "")) continue;
      const [error] = script.errors;
      if (error !== undefined) {
        report(error.span, `the shell cannot read on here: ${describe(error.message)}`);
        continue;
      }
      for (const command of script.commands)
        if (command.runBy === undefined) checkCommand(dockerfile, command, report);
      checkAssignments(script, report);
    }
  },
});

/** The parser's words, short and lower case. */
function describe(message: string): string {
  const text = message.length > 80 ? `${message.slice(0, 79)}…` : message;
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const KEYWORD = /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac)$/i;
const TYPOGRAPHIC = /[\u2018\u2019\u201c\u201d\u00a0\u200b\ufeff]/;

function checkCommand(dockerfile: Dockerfile, command: SimpleCommand, report: Report): void {
  const [first] = command.words;
  if (first === undefined) return;
  const [second] = command.args;
  const { text } = first;
  if (KEYWORD.test(text) && text !== text.toLowerCase() && !first.isQuoted)
    report(first.span, `"${text}" is no keyword: the shell knows small letters only`);
  else if (/^\[[^[\]\s]/.test(text) && !text.endsWith("]"))
    report(first.span, `there is no blank behind "[" in "${text}"`);
  else if (/^\$\{?[A-Za-z_]\w*\}?=/.test(first.raw))
    report(
      first.span,
      `"${first.raw.slice(0, first.raw.indexOf("="))}" is assigned to: the name has no "$" there`,
    );
  else if (/^[A-Za-z_]\w*$/.test(first.raw) && second?.raw === "=" && command.args.length === 2)
    report(second.span, `blanks around "=" make "${text}" a command`);
  for (const word of [first, ...writtenArguments(command)]) checkWord(dockerfile, word, report);
}

function checkWord(dockerfile: Dockerfile, word: ShellWord, report: Report): void {
  const isOdd = TYPOGRAPHIC.test(word.raw);
  if (!isOdd && !/\$[A-Za-z_]\w{0,60}\[/.test(word.raw)) return;
  for (const { kind, start, end } of piecesOf(word)) {
    const piece = word.raw.slice(start, end);
    const odd = kind === "plain" ? TYPOGRAPHIC.exec(piece) : null;
    if (odd !== null) {
      const at = start + odd.index;
      report(
        partOf(dockerfile, word, at, at + 1),
        "a typographic quote or blank is part of the word",
      );
      return;
    }
    const index =
      kind === "single" ? null : /(?<!\\)\$([A-Za-z_]\w{0,60})\[[\w@*$-]{1,20}\]/.exec(piece);
    if (index !== null) {
      const at = start + index.index;
      const length = index[0].length;
      report(
        partOf(dockerfile, word, at, at + length),
        `an element of "${index[1]}" needs braces: "\${${index[1]}[…]}"`,
      );
      return;
    }
  }
}

/** `x==1` gives x the value `=1`. */
function checkAssignments({ assignments }: Script, report: Report): void {
  for (const { name, value } of assignments)
    if (value?.raw.startsWith("=") === true)
      report(value.span, `"${name}" gets a value that begins with "="`);
}

export default rule;
