import type { Span } from "../../base/text.ts";
import { expandText, type Lookup } from "./expand.ts";
import { sourceSpan } from "./logical.ts";
import type { Declaration, Logical, Problem, VariableUse, Word } from "./model.ts";

const NO_VARIABLES: readonly VariableUse[] = [];

/** What making words of an instruction needs. */
export interface WordContext {
  readonly logical: Logical;
  readonly escape: string;
  readonly problems: Problem[];
  /** What declares a variable at this instruction, and its state. */
  readonly declaration: (name: string) => Declaration | undefined;
  readonly lookup: Lookup;
}

/** Place in the file of `[start, end)` of `word.raw`. */
export function wordSpan(word: Word, start: number, end: number): Span {
  return sourceSpan(word.logical, word.at + start, word.at + end);
}

/** A word that BuildKit takes as it stands. */
export function plainWord(logical: Logical, start: number, end: number): Word {
  const raw = logical.text.slice(start, end);
  return makeWord(logical, start, raw, raw, raw, false, NO_VARIABLES);
}

/** A word whose quotes are removed and whose variables mean nothing (JSON strings, flags of HEALTHCHECK). */
export function literalWord(logical: Logical, start: number, end: number, text: string): Word {
  const raw = logical.text.slice(start, end);
  return makeWord(logical, start, raw, text, text, raw !== text, NO_VARIABLES);
}

/** A word that BuildKit expands. `json` is the string when it stands in a JSON array. */
export function expandedWord(
  context: WordContext,
  start: number,
  end: number,
  json?: string,
): Word {
  const { logical, escape: escapeChar } = context;
  const raw = logical.text.slice(start, end);
  const source = json ?? raw;
  if (!needsExpansion(source, escapeChar))
    return makeWord(logical, start, raw, source, source, json !== undefined, NO_VARIABLES);
  const expansion = expandText(source, escapeChar, context.lookup);
  if (expansion.error !== undefined)
    context.problems.push({
      kind: "instruction",
      message: `failed to process "${source}": ${expansion.error}`,
      span: sourceSpan(logical, start, end),
    });
  // Inside a JSON string offsets hold only when nothing in it is escaped.
  const isShifted = json !== undefined;
  const isExact = !isShifted || raw.length === json.length + 2;
  const variables = expansion.variables.map((found): VariableUse => {
    const rawStart = isExact ? found.start + (isShifted ? 1 : 0) : 0;
    const rawEnd = isExact ? found.end + (isShifted ? 1 : 0) : raw.length;
    const declaration = context.declaration(found.name);
    return {
      name: found.name,
      span: sourceSpan(logical, start + rawStart, start + rawEnd),
      rawStart,
      rawEnd,
      operator: found.operator,
      operand: found.operand,
      declaration,
      value: declaration?.value,
    };
  });
  const isQuoted = expansion.isQuoted || isShifted;
  return makeWord(logical, start, raw, expansion.text, expansion.value, isQuoted, variables);
}

function makeWord(
  logical: Logical,
  at: number,
  raw: string,
  text: string,
  value: string | undefined,
  isQuoted: boolean,
  variables: readonly VariableUse[],
): Word {
  const span = sourceSpan(logical, at, at + raw.length);
  return { raw, span, text, value, variables, isQuoted, logical, at };
}

function needsExpansion(source: string, escapeChar: string): boolean {
  for (let i = 0; i < source.length; i++) {
    const char = source.charCodeAt(i);
    if (char === 36 || char === 34 || char === 39 || char === escapeChar.charCodeAt(0)) return true;
  }
  return false;
}
