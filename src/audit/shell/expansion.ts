import type { ShellWord } from "./model.ts";

/** A piece of a word as written: what stands in one kind of quotes. */
export interface Piece {
  readonly kind: "plain" | "single" | "double";
  /** Offsets in `ShellWord.raw`; quotes are inside. */
  readonly start: number;
  readonly end: number;
}

/** Pieces of a word in order. `$( )`, `${ }` and backticks are one with what they stand in, quotes in them too. */
export function piecesOf({ raw }: ShellWord): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  const close = (end: number): void => {
    if (end > start) pieces.push({ kind: "plain", start, end });
  };
  for (let i = 0; i < raw.length; ) {
    const char = raw.charAt(i);
    if (char === "'" || char === '"') {
      close(i);
      const end = char === "'" ? endOfSingle(raw, i) : endOfDouble(raw, i);
      pieces.push({ kind: char === "'" ? "single" : "double", start: i, end });
      start = end;
      i = end;
    } else i = step(raw, i);
  }
  close(raw.length);
  return pieces;
}

/** An expansion outside of quotes: `$x`, `${x}`, `$(cmd)`, a pair of backticks. */
export interface Expansion {
  readonly text: string;
  readonly kind: "variable" | "command";
  readonly start: number;
  readonly end: number;
}

/** Expansions of a word that the shell splits and globs; numbers (`$#`, `$?`, `$(( ))`) and `$@`, `$*` are left out. */
export function unquotedExpansions(word: ShellWord): readonly Expansion[] {
  const { raw } = word;
  if (!raw.includes("$") && !raw.includes("`")) return [];
  const found: Expansion[] = [];
  for (const piece of piecesOf(word)) {
    if (piece.kind !== "plain") continue;
    for (let i = piece.start; i < piece.end; ) {
      const end = step(raw, i);
      const text = raw.slice(i, end);
      const isCommand = text.startsWith("`") || (text.startsWith("$(") && !text.startsWith("$(("));
      if (text.length > 1 && (isCommand || /^\$(?:[A-Za-z_]|\d|\{[A-Za-z_\d])/.test(text)))
        found.push({ text, kind: isCommand ? "command" : "variable", start: i, end });
      i = end;
    }
  }
  return found;
}

/** Offset behind the character, the escape or the expansion that begins at `at`. */
function step(raw: string, at: number): number {
  const char = raw.charAt(at);
  if (char === "\\") return Math.min(at + 2, raw.length);
  if (char === "`") return endOfBackticks(raw, at);
  if (char !== "$") return at + 1;
  const next = raw.charAt(at + 1);
  if (next === "(" || next === "{") return endOfBrackets(raw, at + 1);
  const name = /^(?:[A-Za-z_]\w*|[\d#?$!@*-])/.exec(raw.slice(at + 1, at + 200));
  return at + 1 + (name?.[0].length ?? 0);
}

function endOfSingle(raw: string, at: number): number {
  const end = raw.indexOf("'", at + 1);
  return end === -1 ? raw.length : end + 1;
}

function endOfDouble(raw: string, at: number): number {
  let i = at + 1;
  while (i < raw.length && raw.charAt(i) !== '"') i = step(raw, i);
  return Math.min(i + 1, raw.length);
}

function endOfBackticks(raw: string, at: number): number {
  let i = at + 1;
  while (i < raw.length && raw.charAt(i) !== "`") i += raw.charAt(i) === "\\" ? 2 : 1;
  return Math.min(i + 1, raw.length);
}

/** Behind the bracket that closes the one at `at`; without recursion, so that depth costs nothing. */
function endOfBrackets(raw: string, at: number): number {
  const open: string[] = [];
  for (let i = at; i < raw.length; i++) {
    const char = raw.charAt(i);
    const inDouble = open.at(-1) === '"';
    if (char === "\\") i++;
    else if (char === '"') {
      if (inDouble) open.pop();
      else open.push('"');
    } else if (char === "'" && !inDouble) i = endOfSingle(raw, i) - 1;
    else if ((char === "(" || char === "{") && (!inDouble || raw.charAt(i - 1) === "$"))
      open.push(char === "(" ? ")" : "}");
    else if (open.at(-1) === char) {
      open.pop();
      if (open.length === 0) return i + 1;
    }
  }
  return raw.length;
}
