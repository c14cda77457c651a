import { expandText } from "./expand.ts";
import { isSpace } from "./logical.ts";

/** `<<NAME` found in an instruction line; offsets into the line. */
export interface HeredocMark {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly fileDescriptor: number;
  readonly chomp: boolean;
  readonly expand: boolean;
}

// BuildKit, parser.go: reHeredoc.
const HEREDOC = /^(\d*)<<(-?)([^<]*)$/;

/**
 * Heredocs a line opens, in order (`heredocsFromLine`). The shell's own quoting decides what a word is, the escape is
 * always `\`; a line whose quotes do not close opens none.
 */
export function findHeredocs(line: string, start: number, end: number): HeredocMark[] {
  const marks: HeredocMark[] = [];
  const text = line.slice(start, end);
  if (expandText(text, "\\", () => ({ state: "maybe" })).error !== undefined) return marks;
  for (let at = 0; at < text.length; ) {
    if (isSpace(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const from = at;
    at = wordEnd(text, at);
    const mark = readHeredoc(text.slice(from, at));
    if (mark !== undefined) marks.push({ ...mark, start: start + from, end: start + at });
  }
  return marks;
}

/** One word as a heredoc mark (`ParseHeredoc`); `undefined` when it is none. */
export function readHeredoc(word: string): Omit<HeredocMark, "start" | "end"> | undefined {
  if (!word.includes("<<")) return undefined;
  const match = HEREDOC.exec(word);
  const written = match?.[3] ?? "";
  if (match === null || written === "" || wordEnd(written, 0) !== written.length) return undefined;
  const { text: name, error, isQuoted } = expandText(written, "\\", () => ({ state: "maybe" }));
  if (error !== undefined || name === "") return undefined;
  return {
    name,
    fileDescriptor: Number(match[1]),
    chomp: match[2] === "-",
    expand: !isQuoted,
  };
}

function wordEnd(text: string, start: number): number {
  let quote = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quote === 39) {
      if (code === 39) quote = 0;
    } else if (code === 92) at++;
    else if (quote === 34) {
      if (code === 34) quote = 0;
    } else if (code === 34 || code === 39) quote = code;
    else if (isSpace(code)) return at;
  }
  return text.length;
}
