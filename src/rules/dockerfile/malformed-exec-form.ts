import type { Instruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1222",
    name: "malformed-exec-form",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Arguments look like a JSON array, and are none",
    why: "The builder reads what is no valid JSON as text for the shell: it runs a program called `[`, or copies a file of that name. The container does not start, or starts something else.",
    howToFix:
      "Write a JSON array: straight double quotes, commas between, none at the end, `\\\\` for a backslash.",
    bad: "FROM alpine:3.22\nCMD ['app', '--serve']\n",
    good: 'FROM alpine:3.22\nCMD ["app", "--serve"]\n',
    since: "0.1.0",
    aliases: ["tally:invalid-json-form", "dockerfile-utils:JSON_IN_SINGLE_QUOTES"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#shell-and-exec-form",
      "https://www.rfc-editor.org/rfc/rfc8259",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, ...KINDS)) {
      const written = node.isJson ? undefined : arrayText(node);
      if (written === undefined || !looksLikeArray(written.text)) continue;
      const { span, text } = written;
      const items = readItems(text.slice(1, -1));
      const isWhole =
        items !== undefined && !dockerfile.text.slice(span.start, span.end).includes("#");
      const fix: Fix | undefined = isWhole
        ? {
            title: "write a JSON array",
            safe: false,
            edits: [{ span, text: `[${items.map((item) => JSON.stringify(item)).join(", ")}]` }],
          }
        : undefined;
      report(
        span,
        `arguments of "${node.keyword}" are no JSON array: ${fault(text)}`,
        fix && { fix },
      );
    }
  },
});

const KINDS = [
  "cmd",
  "entrypoint",
  "run",
  "shell",
  "healthcheck",
  "copy",
  "add",
  "volume",
] as const;

const TYPOGRAPHIC = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb";

/** Longer texts are no slip of the pen. */
const MAX_LENGTH = 4096;

function arrayText(node: Instruction): { readonly text: string; readonly span: Span } | undefined {
  if (node.heredocs.length > 0) return undefined;
  if (node.kind !== "healthcheck") return { text: node.rest.raw, span: node.rest.span };
  const { command } = node;
  return command?.form === "shell"
    ? { text: command.script.text.trimEnd(), span: command.span }
    : undefined;
}

/** `[ -f x ]`, `[ "$A" = b ]`, `[[ … ]]` are tests of the shell, `[abc]` is a pattern. */
function looksLikeArray(text: string): boolean {
  if (
    text.length > MAX_LENGTH ||
    !text.startsWith("[") ||
    !text.endsWith("]") ||
    text.startsWith("[[")
  )
    return false;
  const inner = text.slice(1, -1).trim();
  if (inner === "" || /^(?:-\w|!)/.test(inner)) return false;
  if (/[\]\s](?:&&|\|\||;)|(?:&&|\|\||;)[\s[]/.test(inner)) return false;
  const isTest =
    !inner.includes(",") && /\s(?:=|==|!=|=~|-(?:eq|ne|lt|le|gt|ge|ef|nt|ot|a|o))\s/.test(inner);
  return (
    !isTest && (/[,"']/.test(inner) || [...TYPOGRAPHIC].some((quote) => inner.includes(quote)))
  );
}

function fault(text: string): string {
  if ([...TYPOGRAPHIC].some((quote) => text.includes(quote))) return "typographic quotes";
  if (/^\[\s*'|,\s*'/.test(text)) return "single quotes";
  if (/,\s*\]$/.test(text)) return "a comma at the end";
  if (/"\s+"/.test(text)) return "no comma between two strings";
  if (text.includes("\\")) return "a backslash that is not doubled";
  return "a word without double quotes";
}

/** Strings that were meant; `undefined` when that cannot be told. */
function readItems(inner: string): string[] | undefined {
  const items: string[] = [];
  let at = 0;
  while (at < inner.length) {
    const char = inner.charAt(at);
    if (/[\s,]/.test(char)) {
      at++;
      continue;
    }
    const isQuote = char === '"' || char === "'" || TYPOGRAPHIC.includes(char);
    if (!isQuote) {
      const end = inner.slice(at).search(/[\s,]|$/) + at;
      const word = inner.slice(at, end);
      if (/["'{}[\]]/.test(word) || [...TYPOGRAPHIC].some((quote) => word.includes(quote)))
        return undefined;
      items.push(word);
      at = end;
      continue;
    }
    const closing = TYPOGRAPHIC.includes(char) ? TYPOGRAPHIC : char;
    let end = at + 1;
    while (end < inner.length && !closing.includes(inner.charAt(end)))
      end += inner.charAt(end) === "\\" && char === '"' ? 2 : 1;
    if (end >= inner.length || !/^(?:[\s,]|$)/.test(inner.slice(end + 1, end + 2)))
      return undefined;
    const text = inner.slice(at + 1, end);
    items.push(char === '"' ? text.replaceAll(/\\(["\\])/g, "$1") : text);
    at = end + 1;
  }
  return items.length === 0 ? undefined : items;
}

export default rule;
