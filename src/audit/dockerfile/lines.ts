import type { Span } from "../../base/text.ts";
import { findHeredocs } from "./heredoc.ts";
import { LogicalBuilder, skipSpace, sourceSpan, trimEnd } from "./logical.ts";
import type { Comment, Directive, Heredoc, Logical, Problem } from "./model.ts";
import { readJson, splitCommand } from "./split.ts";

// The outer loop of BuildKit's parser (frontend/dockerfile/parser/parser.go, Parse): lines to instruction lines.

/** One instruction with its continuation lines joined and its heredocs read. */
export interface InstructionLine {
  readonly logical: Logical;
  readonly heredocs: readonly HeredocAt[];
  readonly commentsAbove: readonly Comment[];
  readonly emptyContinuations: readonly Span[];
  /** End of the last character, heredoc terminators included. */
  readonly end: number;
  /** Lines of the heredocs, terminators included; empty without. */
  readonly heredocLines: Span;
}

/** A heredoc and the offset of its `<<` in the joined line. */
export interface HeredocAt {
  readonly at: number;
  readonly heredoc: Heredoc;
}

export interface Lines {
  readonly escape: "\\" | "`";
  readonly directives: readonly Directive[];
  readonly comments: readonly Comment[];
  readonly lines: readonly InstructionLine[];
  readonly problems: Problem[];
}

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*/;
const DIRECTIVE_NAMES = new Set(["escape", "syntax", "check"]);
const HEREDOC_KEYWORDS = new Set(["ADD", "COPY", "RUN"]);

const NO_COMMENTS: readonly Comment[] = [];
const NO_HEREDOCS: readonly HeredocAt[] = [];
const NO_SPANS: readonly Span[] = [];

/** Cut a file into instruction lines, comments and directives. Linear in the length of the text. */
export function readLines(text: string): Lines {
  const directives: Directive[] = [];
  const comments: Comment[] = [];
  const lines: InstructionLine[] = [];
  const problems: Problem[] = [];
  let escapeChar: "\\" | "`" = "\\";
  let mayBeDirective = true;
  let above: Comment[] = [];
  // BuildKit drops a byte order mark.
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let lineEnd = 0;

  /** Set `lineEnd` to the end of the line at `at` without its line end; gives the start of the next line. */
  function next(start: number): number {
    const feed = text.indexOf("\n", start);
    lineEnd = feed === -1 ? text.length : feed;
    while (lineEnd > start && isLineEnd(text.charCodeAt(lineEnd - 1))) lineEnd--;
    return feed === -1 ? text.length : feed + 1;
  }

  function readDirective(start: number, end: number): boolean {
    const line = text.slice(start, trimEnd(text, start, end));
    const match = DIRECTIVE.exec(line);
    const value = match === null ? "" : line.slice(match[0].length);
    if (match === null || value === "") {
      mayBeDirective = false;
      return false;
    }
    const name = (match[1] ?? "").toLowerCase();
    if (!DIRECTIVE_NAMES.has(name)) return false;
    const span = { start, end: start + line.length };
    if (directives.some((known) => known.name === name)) {
      const message = `only one ${name} parser directive can be used`;
      problems.push({ kind: "syntax", message, span });
      return true;
    }
    directives.push({
      name,
      value,
      span,
      valueSpan: { start: span.end - value.length, end: span.end },
    });
    if (name === "escape") {
      if (value === "\\" || value === "`") escapeChar = value;
      else {
        const message = `invalid escape token '${value}' does not match \` or \\`;
        problems.push({ kind: "syntax", message, span });
      }
    }
    return true;
  }

  function addComment(
    start: number,
    end: number,
    inside: number | undefined,
    isDirective: boolean,
  ) {
    const comment: Comment = {
      text: text.slice(skipSpace(text, start + 1, end), trimEnd(text, start + 1, end)).trim(),
      span: { start, end },
      insideInstruction: inside,
      isDirective,
    };
    comments.push(comment);
    return comment;
  }

  while (at < text.length) {
    let following = next(at);
    const start = skipSpace(text, at, lineEnd);
    if (text.charCodeAt(start) === 35 && start < lineEnd) {
      const isDirective = mayBeDirective && readDirective(start, lineEnd);
      const comment = addComment(start, lineEnd, undefined, isDirective);
      if (isDirective) above = [];
      else above.push(comment);
      at = following;
      continue;
    }
    mayBeDirective = false;
    if (start >= lineEnd) {
      above = [];
      at = following;
      continue;
    }

    const builder = new LogicalBuilder(text);
    const empty: Span[] = [];
    let cut = continuationCut(text, start, lineEnd, escapeChar);
    builder.add(start, cut === -1 ? lineEnd : cut);
    while (cut !== -1 && following < text.length) {
      at = following;
      following = next(at);
      const inner = skipSpace(text, at, lineEnd);
      if (inner >= lineEnd) empty.push({ start: at, end: lineEnd });
      else if (text.charCodeAt(inner) === 35) addComment(inner, lineEnd, lines.length, false);
      else {
        cut = continuationCut(text, at, lineEnd, escapeChar);
        builder.add(at, cut === -1 ? lineEnd : cut);
      }
    }
    at = following;

    const logical = builder.done();
    const heredocs = readHeredocs(logical, following);
    const last = heredocs.at(-1)?.end;
    const size = trimEnd(logical.text, 0, logical.text.length);
    lines.push({
      logical,
      heredocs: heredocs.length === 0 ? NO_HEREDOCS : heredocs,
      commentsAbove: above.length === 0 ? NO_COMMENTS : above,
      emptyContinuations: empty.length === 0 ? NO_SPANS : empty,
      end: last ?? sourceSpan(logical, 0, size).end,
      heredocLines: { start: following, end: last ?? following },
    });
    if (above.length > 0) above = [];
  }
  return { escape: escapeChar, directives, comments, lines, problems };

  /** Read the bodies behind an instruction line and move `at` behind them. */
  function readHeredocs(logical: Logical, from: number): (HeredocAt & { end: number })[] {
    if (!logical.text.includes("<<")) return [];
    const found: (HeredocAt & { end: number })[] = [];
    for (const mark of heredocMarks(logical.text)) {
      const bodyStart = at;
      let bodyEnd = text.length;
      let end = text.length;
      let isTerminated = false;
      while (at < text.length && !isTerminated) {
        const lineStart = at;
        at = next(at);
        let word = lineStart;
        if (mark.chomp) while (word < lineEnd && text.charCodeAt(word) === 9) word++;
        if (lineEnd - word === mark.name.length && text.startsWith(mark.name, word)) {
          isTerminated = true;
          bodyEnd = lineStart;
          end = lineEnd;
        }
      }
      const span = sourceSpan(logical, mark.start, mark.end);
      if (!isTerminated) problems.push({ kind: "syntax", message: "unterminated heredoc", span });
      const body = new LogicalBuilder(text);
      body.addLines(bodyStart, bodyEnd, mark.chomp);
      if (body.length === 0) body.add(bodyStart, bodyStart);
      const { name, fileDescriptor, chomp, expand } = mark;
      found.push({
        at: mark.start,
        end: Math.max(end, from),
        heredoc: {
          name,
          fileDescriptor,
          chomp,
          expand,
          span,
          bodySpan: { start: bodyStart, end: bodyEnd },
          content: text.slice(bodyStart, bodyEnd),
          body: body.done(),
          isTerminated,
        },
      });
    }
    return found;
  }
}

const isLineEnd = (code: number): boolean => code === 13 || code === 10;

/** Where the escape at the end of `[start, end)` stands when the line goes on, else -1 (`trimContinuationCharacter`). */
function continuationCut(text: string, start: number, end: number, escapeChar: string): number {
  let at = end - 1;
  while (at >= start && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at--;
  if (at < start || text.charAt(at) !== escapeChar) return -1;
  return at > start && text.charAt(at - 1) === escapeChar ? -1 : at;
}

/** Heredocs that the line opens; none where the instruction takes none or has JSON arguments (`canContainHeredoc`). */
function heredocMarks(text: string): ReturnType<typeof findHeredocs> {
  let parts = splitCommand(text, 0, text.length);
  if (text.slice(parts.keyword.start, parts.keyword.end).toUpperCase() === "ONBUILD")
    parts = splitCommand(text, parts.rest.start, parts.rest.end);
  const keyword = text.slice(parts.keyword.start, parts.keyword.end).toUpperCase();
  if (!HEREDOC_KEYWORDS.has(keyword)) return [];
  if (readJson(text, parts.rest.start, parts.rest.end).kind === "strings") return [];
  return findHeredocs(text, 0, text.length);
}
