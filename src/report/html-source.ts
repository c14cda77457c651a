import type { Severity } from "../audit/finding.ts";
import { cellOf } from "./printable.ts";

/** Text for HTML content and double-quoted attributes; characters that hide or reorder others are made visible. */
export function htmlText(text: string): string {
  let shown = "";
  for (const character of text)
    shown += character === "\t" || character === "\n" ? character : cellOf(character).shown;
  return shown
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A reported part of a line, in code units. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly severity: Severity;
  /** Element id, on the line where the part begins. */
  readonly id: string | undefined;
}

interface Token {
  readonly from: number;
  readonly to: number;
  readonly kind: "k" | "c" | "s" | "v";
}

const patterns: Readonly<Record<"dockerfile" | "json" | "yaml", RegExp>> = {
  // Comment, keyword at the start (ONBUILD and its own), quoted text, variable: one after the other, linear.
  dockerfile:
    /^(?<c>\s*#.*)|^\s*(?:ONBUILD\s+)?(?<k>[A-Za-z]+)(?=\s)|(?<s>"[^"]*"|'[^']*')|(?<v>\$\{[^}]*\}|\$\w+)/g,
  json: /(?<k>"[^"\\]*(?:\\.[^"\\]*)*"(?=\s*:))|(?<s>"[^"\\]*(?:\\.[^"\\]*)*")|(?<v>\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?\b)/g,
  // A comment, the key of a line, quoted text, variable.
  yaml: /(?<c>(?:^|\s)#.*)|^\s*(?:-\s+)?(?<k>[\w.<-]+)(?=\s*:(?:\s|$))|(?<s>"[^"]*"|'[^']*')|(?<v>\$\{[^}]*\}|\$\w+)/g,
};

const instructions =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/i;

/** One line as HTML: its words coloured, its reported parts marked (the first of those that overlap wins). */
export function highlight(
  line: string,
  language: keyof typeof patterns,
  marks: readonly Mark[],
): string {
  const tokens = tokensOf(line, language);
  const edges = new Set([0, line.length]);
  for (const { from, to } of [...tokens, ...marks]) edges.add(from).add(to);
  const at = [...edges].sort((a, b) => a - b);
  let html = "";
  let open: Mark | undefined;
  for (const [i, from] of at.entries()) {
    const to = at[i + 1];
    if (to === undefined) break;
    const mark = marks.find((m) => m.from <= from && to <= m.to);
    if (mark !== open) {
      if (open !== undefined) html += "</mark>";
      if (mark !== undefined) {
        // An id may stand once in a page: where the mark begins.
        const id = mark.from === from && mark.id !== undefined ? ` id="${mark.id}"` : "";
        html += `<mark class="${mark.severity}"${id}>`;
      }
      open = mark;
    }
    const token = tokens.find((t) => t.from <= from && to <= t.to);
    const text = htmlText(line.slice(from, to));
    html += token === undefined ? text : `<span class="${token.kind}">${text}</span>`;
  }
  return open === undefined ? html : `${html}</mark>`;
}

function tokensOf(line: string, language: keyof typeof patterns): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of line.matchAll(patterns[language])) {
    for (const kind of ["c", "k", "s", "v"] as const) {
      const text = match.groups?.[kind];
      if (text === undefined) continue;
      if (kind === "k" && language === "dockerfile" && !instructions.test(text)) continue;
      const from = match.index + match[0].lastIndexOf(text);
      tokens.push({ from, to: from + text.length, kind });
    }
  }
  return tokens;
}
