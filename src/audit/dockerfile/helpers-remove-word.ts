import type { Span } from "../../base/text.ts";
import type { Fix } from "../finding.ts";
import type { GivenFlag } from "../shell/flags.ts";
import type { ShellWord, SimpleCommand } from "../shell/model.ts";
import type { CommandLine, Dockerfile } from "./model.ts";

type Edit = Fix["edits"][number];

/** Take an argument out of a command; `undefined` in an exec form and where the word's own place is not known. */
export function removeWord(
  { text }: Dockerfile,
  line: CommandLine,
  { words, nestedIn }: SimpleCommand,
  word: ShellWord,
): Edit | undefined {
  if (!hasOwnPlace(text, line, nestedIn, words, word)) return undefined;
  const next = words[words.indexOf(word) + 1];
  // Up to the next word, so that no empty continuation line stays.
  if (next !== undefined && isGap(text.slice(word.span.end, next.span.start)))
    return { span: { start: word.span.start, end: next.span.start }, text: "" };
  const before = words[words.indexOf(word) - 1];
  if (before !== undefined && isGap(text.slice(before.span.end, word.span.start)))
    return { span: { start: before.span.end, end: word.span.end }, text: "" };
  let { start } = word.span;
  while (start > 0 && /[ \t]/.test(text.charAt(start - 1))) start--;
  return { span: { start, end: word.span.end }, text: "" };
}

/** Take a flag without a value out of a command: the whole word, or its letter out of a bundle (`-sSk`). */
export function removeFlag(
  dockerfile: Dockerfile,
  line: CommandLine,
  command: SimpleCommand,
  { name, word }: GivenFlag,
): Edit | undefined {
  if (word.text.startsWith("--") || word.text.length === 2)
    return removeWord(dockerfile, line, command, word);
  const { text } = dockerfile;
  if (!hasOwnPlace(text, line, command.nestedIn, command.words, word)) return undefined;
  const at = word.raw.indexOf(name.charAt(1), 1);
  // A word over two lines or with quotes: its letters stand elsewhere.
  if (at === -1 || word.isQuoted) return undefined;
  const start = word.span.start + at;
  return { span: { start, end: start + 1 }, text: "" };
}

function hasOwnPlace(
  text: string,
  { form }: CommandLine,
  nestedIn: number | undefined,
  words: readonly ShellWord[],
  word: ShellWord,
): boolean {
  const { start, end }: Span = word.span;
  return (
    (form !== "exec" || nestedIn !== undefined) &&
    text.slice(start, end) === word.raw &&
    words.every((other) => other === word || other.span.start !== start)
  );
}

/** Blanks, with at most one continued line end. */
const isGap = (between: string): boolean => /^[ \t]+$|^[ \t]+[\\`]\r?\n[ \t]*$/.test(between);
