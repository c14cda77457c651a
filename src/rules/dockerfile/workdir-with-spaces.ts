import type { Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1221",
    name: "workdir-with-spaces",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "WORKDIR holds a blank that is not quoted",
    why: "`WORKDIR /a b` is one directory called `/a b`. Mostly a comment, a second path or a command was meant, and what follows runs in the wrong place.",
    howToFix: "Quote the path when the blank belongs to it, else take the rest away.",
    bad: "FROM alpine:3.22\nWORKDIR /my app\n",
    good: 'FROM alpine:3.22\nWORKDIR "/my app"\n',
    since: "0.1.0",
    aliases: ["dockerfilelint:invalid_workdir"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#workdir"],
  },

  check(dockerfile, report) {
    for (const { path } of instructionsOf(dockerfile, "workdir")) {
      if (!hasBareBlank(path, dockerfile.escape)) continue;
      const fix = quoted(path);
      report(path.span, `"${path.text}" holds a blank that is not quoted`, fix && { fix });
    }
  },
});

/** A blank outside of quotes, of `${…}`, and not behind the escape character. */
function hasBareBlank({ raw }: Word, escapeChar: string): boolean {
  let quote = "";
  for (let i = 0; i < raw.length; i++) {
    const char = raw.charAt(i);
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if (char === escapeChar) i++;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "{" && raw.charAt(i - 1) === "$") quote = "}";
    else if (char === " " || char === "\t") return true;
  }
  return false;
}

function quoted({ raw, span }: Word): Fix | undefined {
  if (/["'\\`]|\{\{/.test(raw) || span.end - span.start !== raw.length) return undefined;
  return { title: "quote the path", safe: true, edits: [{ span, text: `"${raw}"` }] };
}

export default rule;
