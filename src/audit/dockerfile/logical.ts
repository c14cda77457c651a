import type { Span } from "../../base/text.ts";
import type { Logical } from "./model.ts";

/** Go's `unicode.IsSpace`, which BuildKit trims with. */
export function isSpace(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13)) return true;
  if (code < 0x85) return false;
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** BuildKit's `reWhitespace`, `[\t\v\f\r ]`: what separates words. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || (code >= 11 && code <= 13);
}

/** First offset in `[start, end)` that is no space, else `end`. */
export function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** `[start, end)` without spaces at its end. */
export function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Offset in the file of the character at `offset`; past the end it goes on from the last segment. */
export function toSource({ segments }: Logical, offset: number): number {
  let low = 0;
  let high = segments.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle * 2] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return (segments[low * 2 + 1] ?? 0) + offset - (segments[low * 2] ?? 0);
}

/** Place in the file of `[start, end)` of the joined text. */
export function sourceSpan(logical: Logical, start: number, end: number): Span {
  const first = toSource(logical, start);
  return { start: first, end: end > start ? toSource(logical, end - 1) + 1 : first };
}

/** Collects pieces of a file into one `Logical`. */
export class LogicalBuilder {
  readonly #source: string;
  #text = "";
  readonly #segments: number[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  get length(): number {
    return this.#text.length;
  }

  /** Append `[start, end)` of the file. */
  add(start: number, end: number): void {
    if (end <= start && this.#segments.length > 0) return;
    this.#segments.push(this.#text.length, start);
    this.#text += this.#source.slice(start, end);
  }

  /** Append lines of the file with CRLF turned into LF, and with leading tabs dropped when `chomp`. */
  addLines(start: number, end: number, chomp: boolean): void {
    for (let at = start; at < end; ) {
      const feed = this.#source.indexOf("\n", at);
      const next = feed === -1 || feed >= end ? end : feed + 1;
      if (chomp) while (at < next && this.#source.charCodeAt(at) === 9) at++;
      if (feed > at && feed < end && this.#source.charCodeAt(feed - 1) === 13) {
        this.add(at, feed - 1);
        this.add(feed, next);
      } else this.add(at, next);
      at = next;
    }
  }

  /** What was added so far. */
  done(): Logical {
    return { text: this.#text, segments: this.#segments.length > 0 ? this.#segments : [0, 0] };
  }
}
