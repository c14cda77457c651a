import type { Span } from "../../base/text.ts";
import { isBlank, isSpace, skipSpace, trimEnd } from "./logical.ts";

// How BuildKit cuts an instruction line into words: frontend/dockerfile/parser/{split_command,line_parsers}.go.
// Every function works on `[start, end)` of a joined line and gives ranges of that line, so that places are kept.

/** A `--flag` before the arguments; `text` has its quotes and escapes removed. */
export interface RawFlag extends Span {
  readonly text: string;
}

/** The first cut of a line. */
export interface CommandParts {
  readonly keyword: Span;
  readonly flags: readonly RawFlag[];
  readonly rest: Span;
}

/** Split a line into keyword, flags and the rest (`splitCommand`). */
export function splitCommand(text: string, from: number, to: number): CommandParts {
  const start = skipSpace(text, from, to);
  const end = trimEnd(text, start, to);
  let at = start;
  while (at < end && !isBlank(text.charCodeAt(at))) at++;
  const keyword = { start, end: at };
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  const flags: RawFlag[] = [];
  const restAt = readFlags(text, at, end, flags);
  const restStart = skipSpace(text, restAt, end);
  return { keyword, flags, rest: { start: restStart, end: trimEnd(text, restStart, end) } };
}

/** `extractBuilderFlags`: gives the offset behind the flags. */
function readFlags(text: string, from: number, end: number, flags: RawFlag[]): number {
  let at = from;
  for (;;) {
    at = skipSpace(text, at, end);
    if (at >= end || text.charCodeAt(at) !== 45 || text.charCodeAt(at + 1) !== 45 || at + 1 >= end)
      return at;
    const start = at;
    let word = "";
    let quote = 0;
    let hasQuote = false;
    for (; at < end; at++) {
      let code = text.charCodeAt(at);
      if (quote === 0 && isSpace(code)) break;
      if (quote === 0 && (code === 34 || code === 39)) {
        quote = code;
        hasQuote = true;
        continue;
      }
      if (quote !== 0 && code === quote) {
        quote = 0;
        continue;
      }
      if (code === 92) {
        if (at + 1 >= end) continue;
        at++;
        code = text.charCodeAt(at);
      }
      word += String.fromCharCode(code);
    }
    if (word === "--") return at;
    if (hasQuote || word.length > 0) flags.push({ start, end: at, text: word });
  }
}

/** Words between blanks; quotes mean nothing here (`parseStringsWhitespaceDelimited`). */
export function splitBlanks(text: string, start: number, end: number): Span[] {
  const words: Span[] = [];
  for (let at = start; at < end; ) {
    const from = at;
    while (at < end && !isBlank(text.charCodeAt(at))) at++;
    if (at > from) words.push({ start: from, end: at });
    while (at < end && isBlank(text.charCodeAt(at))) at++;
  }
  return words;
}

/** Words between spaces where quotes and escapes keep a word together; they stay in it (`parseWords`). */
export function splitWords(text: string, start: number, end: number, escapeChar: string): Span[] {
  const escapeCode = escapeChar.charCodeAt(0);
  const words: Span[] = [];
  let at = start;
  for (;;) {
    at = skipSpace(text, at, end);
    if (at >= end) return words;
    const from = at;
    let to = end;
    let quote = 0;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (quote === 0) {
        if (isSpace(code)) break;
        if (code === 34 || code === 39) quote = code;
      } else if (code === quote) {
        quote = 0;
        continue;
      }
      if (code === escapeCode && quote !== 39) {
        // An escape that ends the line is dropped.
        if (at + 1 >= end) to = at;
        at++;
      }
    }
    at = Math.min(at, end);
    to = Math.min(to, at);
    if (to > from) words.push({ start: from, end: to });
  }
}

/** One string of a JSON array: place with its quotes, and what it says. */
export interface JsonString extends Span {
  readonly text: string;
}

/** What the arguments are as JSON: an array of strings, an array of other things (an error), or no array. */
export type JsonArguments =
  | { readonly kind: "strings"; readonly strings: readonly JsonString[] }
  | { readonly kind: "mixed" }
  | { readonly kind: "none" };

const NO_JSON: JsonArguments = { kind: "none" };

/** Read the rest of a line as a JSON array (`parseJSON`). */
export function readJson(text: string, start: number, end: number): JsonArguments {
  if (text.charCodeAt(start) !== 91 || end <= start) return NO_JSON;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.slice(start, end));
  } catch {
    // Not JSON: BuildKit takes the text for the shell.
    return NO_JSON;
  }
  if (!Array.isArray(parsed)) return NO_JSON;
  const strings: JsonString[] = [];
  let at = start + 1;
  for (const item of parsed as unknown[]) {
    if (typeof item !== "string") return { kind: "mixed" };
    while (text.charCodeAt(at) !== 34) at++;
    const from = at++;
    while (text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1;
    at++;
    strings.push({ start: from, end: at, text: item });
  }
  return { kind: "strings", strings };
}
