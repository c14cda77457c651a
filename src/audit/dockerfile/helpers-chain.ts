import { lineStarts, positionAt, type Span } from "../../base/text.ts";
import type { SimpleCommand } from "../shell/model.ts";
import { scriptOf } from "../shell/query.ts";
import { toSource } from "./logical.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";

/** `&&` or `||` between two commands of a RUN, blanks and line ends around it included. */
export interface Joint {
  readonly operator: "&&" | "||";
  readonly span: Span;
  /** The command behind it. */
  readonly next: SimpleCommand;
}

/**
 * The places where a shell-form RUN joins commands of its outermost list, in order. What stands in brackets, loops,
 * substitutions or strings is left out, and so is a place with a comment in it.
 */
export function jointsOf(dockerfile: Dockerfile, run: RunInstruction): readonly Joint[] {
  if (run.command.form !== "shell" || run.heredocs.length > 0) return [];
  const { script } = run.command;
  const { commands, pipelines, state } = scriptOf(dockerfile, run);
  if (state !== "parsed") return [];
  return commands.flatMap((next): Joint[] => {
    const { operator, context, nestedIn, runBy, place } = next;
    if ((operator !== "&&" && operator !== "||") || nestedIn !== undefined) return [];
    if (runBy !== undefined || context.isLoop || context.isSubstitution || place > 0) return [];
    // Commands of a pipe are in subshells of their own, those in brackets in one that has several.
    const isPiped = (pipelines[next.pipeline]?.parts.length ?? 0) > 1;
    if (context.isSubshell && !isPiped) return [];
    // Back from the command over blanks to the operator, and over those before it.
    const at = offsetIn(script.segments, next.span.start);
    let start = blanksBefore(script.text, at);
    if (!script.text.startsWith(operator, start - operator.length)) return [];
    start = blanksBefore(script.text, start - operator.length);
    const span = { start: toSource(script, start - 1) + 1, end: next.span.start };
    const between = dockerfile.text.slice(span.start, span.end);
    return /^[\s\\`]*(?:&&|\|\|)[\s\\`]*$/.test(between) ? [{ operator, span, next }] : [];
  });
}

function blanksBefore(text: string, at: number): number {
  let start = at;
  while (start > 0 && /\s/.test(text.charAt(start - 1))) start--;
  return start;
}

/** Offset in the joined text of a place in the file: both ascend together. */
function offsetIn(segments: readonly number[], place: number): number {
  let low = 0;
  let high = segments.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle * 2 + 1] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return (segments[low * 2] ?? 0) + place - (segments[low * 2 + 1] ?? 0);
}

const starts = new WeakMap<Dockerfile, readonly number[]>();

/** The line that a place is on, without its end. */
export function lineAt(dockerfile: Dockerfile, place: number): Span {
  const { text } = dockerfile;
  const lines = starts.get(dockerfile) ?? lineStarts(text);
  starts.set(dockerfile, lines);
  const { line } = positionAt(lines, place);
  const next = lines[line];
  const end = next === undefined ? text.length : next - 1;
  return { start: lines[line - 1] ?? 0, end: text[end - 1] === "\r" ? end - 1 : end };
}
