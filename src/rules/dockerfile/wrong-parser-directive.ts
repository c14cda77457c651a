import type { Comment } from "../../audit/dockerfile/model.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { closest } from "../../base/suggest.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1262",
    name: "wrong-parser-directive",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Parser directive is misspelt or not at the top, so it is a comment",
    why: "`# syntax=`, `# escape=` and `# check=` count at the very top only, and a misspelt one is a comment: the file is built by another frontend, or the checks that it turns off and on are not.",
    howToFix: "Write the directives as the first lines, one each, no blank line or comment above.",
    bad: "# snytax=docker/dockerfile:1\nFROM alpine:3.22\n",
    good: "# syntax=docker/dockerfile:1\nFROM alpine:3.22\n",
    since: "0.1.0",
    aliases: [
      "dockerfile-utils:INVALID_ESCAPE_DIRECTIVE",
      "dockerfile-utils:DUPLICATED_ESCAPE_DIRECTIVE",
      "tally:syntax-directive-typo",
    ],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#parser-directives"],
  },

  check(dockerfile, report) {
    const { comments, directives, problems, instructions, text } = dockerfile;
    for (const { kind, message, span } of problems)
      if (kind === "syntax" && /parser directive can be used$|^invalid escape token/.test(message))
        report(span, message);
    const first = instructions[0]?.span.start ?? text.length;
    for (const comment of comments) {
      const given = directiveIn(comment);
      if (given === undefined || directives.some(({ span }) => span.start === comment.span.start))
        continue;
      const { name } = given;
      const isName = NAMES.includes(name);
      if (comment.isDirective) continue;
      if (isName) {
        // `# check=skip=X` above an instruction is that instruction's; further down most are prose.
        if (comment.span.start > first || name === "check") continue;
        if (
          name === "syntax" ? !/^\S+\/?dockerfile/.test(given.value) : !/^[\\`]$/.test(given.value)
        )
          continue;
        report(comment.span, `"${name}" is a comment here: it does not stand at the top`);
      } else if (comment.span.start < first) {
        const near = closest(name, NAMES);
        const fits =
          near === "syntax"
            ? /[\w.]+\/[\w.]+/.test(given.value)
            : near === "escape"
              ? /^[\\`]$/.test(given.value)
              : /^(?:skip|error|experimental)=/.test(given.value);
        if (near === undefined || !fits) continue;
        const at =
          comment.span.start +
          text.slice(comment.span.start, comment.span.end).toLowerCase().indexOf(name);
        const fix: Fix = {
          title: `write "${near}"`,
          safe: false,
          edits: [{ span: { start: at, end: at + name.length }, text: near }],
        };
        report(comment.span, `"${name}" is no directive; "${near}" is`, { fix });
      }
    }
  },
});

const NAMES = ["syntax", "escape", "check"];

/** `name=value` of a comment. */
function directiveIn({
  text,
}: Comment): { readonly name: string; readonly value: string } | undefined {
  if (text.length > 500) return undefined;
  const match = /^([A-Za-z]{4,10})\s*=\s*(\S+)$/.exec(text);
  return match?.[1] === undefined
    ? undefined
    : { name: match[1].toLowerCase(), value: match[2] ?? "" };
}

export default rule;
