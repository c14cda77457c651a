import { positionAt, type Span } from "../base/text.ts";
import { type Cell, cellOf } from "./printable.ts";

/** One source line of an excerpt. */
export interface ExcerptLine {
  /** From 1. */
  readonly number: number;
  /** Safe to print; cut to the width asked for. */
  readonly text: string;
  /** Blanks and tildes under the reported part. */
  readonly underline: string;
}

/** Lines of a source with a span drawn under them. */
export interface Excerpt {
  readonly lines: readonly ExcerptLine[];
  /** Lines of the span that are not shown. */
  readonly omitted: number;
}

const maxLines = 3;
/** Code units of a line that are looked at before and after the span's start: lines may be megabytes long. */
const lookBehind = 300;
const lookAhead = 1000;

/** Show the first lines of a span, each at most `columns` wide, cut around the reported part. */
export function excerpt(
  text: string,
  starts: readonly number[],
  span: Span,
  columns: number,
): Excerpt {
  const first = positionAt(starts, span.start).line;
  const last = Math.max(first, positionAt(starts, Math.max(span.start, span.end - 1)).line);
  const shown = Math.min(last, first + maxLines - 1);
  const lines: ExcerptLine[] = [];
  for (let number = first; number <= shown; number++) {
    const start = starts[number - 1] ?? 0;
    const next = starts[number];
    const end = next === undefined ? text.length : next - 1;
    const line = text.slice(start, end).replace(/\r$/, "");
    const isFirst = number === first;
    // After the first line, indentation is not what is reported.
    const from = isFirst ? span.start - start : line.length - line.trimStart().length;
    const to = Math.min(line.length, span.end - start);
    lines.push({ number, ...drawLine(line, from, Math.max(to, from), columns) });
  }
  return { lines, omitted: last - shown };
}

/** One line with code units `from` to `to` underlined; an empty part gets one tilde. */
function drawLine(
  line: string,
  from: number,
  to: number,
  columns: number,
): { readonly text: string; readonly underline: string } {
  const begin = Math.max(0, from - lookBehind);
  const finish = Math.min(line.length, from + lookAhead);
  const cells: Cell[] = [];
  let before = 0;
  let under = 0;
  let index = begin;
  for (const character of line.slice(begin, finish)) {
    const cell = cellOf(character);
    if (index < from) before += cell.columns;
    else if (index < to) under += cell.columns;
    cells.push(cell);
    index += character.length;
  }
  // Leave the head of a long line out when the reported part would not fit otherwise.
  const room = Math.max(columns, 20);
  let skipped = 0;
  let cut = 0;
  const goal = before + Math.min(under, Math.floor(room / 2)) - room + 12;
  while (cut < cells.length && skipped < Math.min(goal, before))
    skipped += cells[cut++]?.columns ?? 0;
  const head = begin > 0 || cut > 0 ? "..." : "";

  let shown = head;
  let width = head.length;
  for (let i = cut; i < cells.length; i++) {
    const cell = cells[i];
    if (cell === undefined) break;
    const isLast = i === cells.length - 1 && finish === line.length;
    if (width + cell.columns > room - (isLast ? 0 : 3)) {
      shown += "...";
      width += 3;
      break;
    }
    shown += cell.shown;
    width += cell.columns;
  }
  const indent = head.length + before - skipped;
  const length = Math.max(1, Math.min(under, width - indent));
  return { text: shown.trimEnd(), underline: " ".repeat(indent) + "~".repeat(length) };
}
