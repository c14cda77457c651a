import type { Span } from "../../base/text.ts";
import { expandText, type VariableState } from "../dockerfile/expand.ts";
import { sourceSpan } from "../dockerfile/logical.ts";
import type { Logical } from "../dockerfile/model.ts";
import type { ShellWord } from "./model.ts";
import type { PartNode, ScriptNode, WordNode } from "./parse.ts";

/** A script text and the way from its offsets into the file. */
export interface Frame {
  readonly logical: Logical;
  /** Set where offsets lead nowhere (backticks with escapes): all spans are this. */
  readonly fixed: Span | undefined;
}

/** Place in the file of `[start, end)` of the frame's text. */
export function frameSpan({ logical, fixed }: Frame, start: number, end: number): Span {
  return fixed ?? sourceSpan(logical, start, end);
}

/** One field of a word; a word without unquoted expansions has one. */
interface Field {
  text: string;
  value: string | undefined;
  prefix: string;
}

interface Evaluation {
  readonly fields: Field[];
  readonly variables: string[];
  readonly scripts: (ScriptNode & { readonly at: Span })[];
  hasGlob: boolean;
  hasSubstitution: boolean;
  isQuoted: boolean;
}

/** A word, split into the fields that known unquoted variables give, and the substitutions in it. */
export interface EvaluatedWord {
  readonly words: readonly ShellWord[];
  readonly scripts: readonly (ScriptNode & { readonly at: Span })[];
}

export type Variables = (name: string) => VariableState;

const NO_NAMES: readonly string[] = [];
const NO_SCRIPTS: EvaluatedWord["scripts"] = [];

/** Evaluate one word; `pos` and `end` may take in more than the word (an assignment argument, `A=b`). */
export function evaluateWord(
  node: WordNode,
  frame: Frame,
  variables: Variables,
  lead = "",
  start: number = node.pos,
): EvaluatedWord {
  const raw = frame.logical.text.slice(start, node.end);
  const span = frameSpan(frame, start, node.end);
  if (node.parts === undefined) {
    const text = lead + node.value;
    const isQuoted = raw !== text;
    return {
      words: [
        {
          raw,
          span,
          text,
          value: text,
          prefix: text,
          variables: NO_NAMES,
          hasSubstitution: false,
          hasGlob: false,
          isQuoted,
        },
      ],
      scripts: NO_SCRIPTS,
    };
  }
  const result: Evaluation = {
    fields: [{ text: lead, value: lead, prefix: lead }],
    variables: [],
    scripts: [],
    hasGlob: false,
    hasSubstitution: false,
    isQuoted: false,
  };
  // Inside `A=b` no field splitting takes place.
  for (const part of node.parts) addPart(part, result, variables, lead !== "");
  const isEmpty =
    !result.isQuoted && result.fields.length === 1 && result.fields[0]?.value === "" && lead === "";
  const fields = isEmpty ? [] : result.fields;
  return {
    words: fields.map(({ text, value, prefix }) => ({
      raw,
      span,
      text,
      value,
      prefix,
      variables: result.variables,
      hasSubstitution: result.hasSubstitution,
      hasGlob: result.hasGlob,
      isQuoted: result.isQuoted,
    })),
    scripts: result.scripts,
  };
}

function add(result: Evaluation, text: string, value: string | undefined): void {
  const field = result.fields.at(-1);
  if (field === undefined) return;
  field.text += text;
  if (field.value === undefined) return;
  if (value === undefined) field.value = undefined;
  else {
    field.value += value;
    field.prefix = field.value;
  }
}

function addPart(
  part: PartNode,
  result: Evaluation,
  variables: Variables,
  isProtected: boolean,
): void {
  switch (part.type) {
    case "Literal":
      // `\ ` and the like: what was escaped counts as quoted.
      if (part.value !== part.text) result.isQuoted = true;
      add(result, part.value, part.value);
      return;
    case "Glob":
    case "ExtendedGlob":
      if (!isProtected) result.hasGlob = true;
      add(result, part.text, part.text);
      return;
    case "BraceExpansion":
      add(
        result,
        part.text,
        part.text.includes("$") || part.text.includes("`") ? undefined : part.text,
      );
      return;
    case "SingleQuoted":
    case "AnsiCQuoted":
      result.isQuoted = true;
      add(result, part.value, part.value);
      return;
    case "DoubleQuoted":
    case "LocaleString":
      result.isQuoted = true;
      for (const child of part.parts) addPart(child, result, variables, true);
      return;
    case "SimpleExpansion":
    case "ParameterExpansion":
      addVariable(part, result, variables, isProtected);
      return;
    case "CommandExpansion":
    case "ProcessSubstitution":
      result.hasSubstitution = true;
      if (part.script !== undefined)
        result.scripts.push({
          ...scriptFields(part.script),
          at: { start: part.pos, end: part.end },
        });
      add(result, part.text, undefined);
      return;
    case "ArithmeticExpansion":
      add(result, part.text, undefined);
      return;
  }
}

/** unbash's scripts have lazy fields; take what the walk needs. */
function scriptFields(script: ScriptNode): ScriptNode {
  const { type, pos, end, shebang, commands, source, errors } = script;
  return { type, pos, end, shebang, commands, errors, ...(source === undefined ? {} : { source }) };
}

function addVariable(
  part: Extract<PartNode, { type: "SimpleExpansion" | "ParameterExpansion" }>,
  result: Evaluation,
  variables: Variables,
  isProtected: boolean,
): void {
  const expansion = expandText(part.text, "\\", variables);
  for (const { name } of expansion.variables) result.variables.push(name);
  if (part.type === "ParameterExpansion") {
    if (!result.variables.includes(part.parameter)) result.variables.push(part.parameter);
    collectScripts(part, result);
    // Arrays, `${!x}`, `${#x}` mean nothing to the Dockerfile's expansion.
    if (part.prefix !== undefined || part.index !== undefined) {
      add(result, part.text, undefined);
      return;
    }
  }
  const value = expansion.error === undefined ? expansion.value : undefined;
  if (value === undefined || isProtected || !/\s/.test(value)) {
    add(result, part.text, value);
    return;
  }
  // Field splitting: blanks in the value end the word that stands before them.
  const pieces = value.split(/\s+/);
  pieces.forEach((piece, i) => {
    const last = result.fields.at(-1);
    if (i > 0 && (i > 1 || last?.value !== "") && (i < pieces.length - 1 || piece !== ""))
      result.fields.push({ text: "", value: "", prefix: "" });
    add(result, piece, piece);
  });
}

/** Substitutions in the operand of `${X:-$(cmd)}`. */
function collectScripts(
  part: Extract<PartNode, { type: "ParameterExpansion" }>,
  result: Evaluation,
): void {
  const { operation } = part;
  if (operation === undefined || !("operand" in operation) || operation.operand === undefined)
    return;
  const inner: Evaluation = { ...result, fields: [{ text: "", value: "", prefix: "" }] };
  for (const piece of operation.operand.parts ?? [])
    addPart(piece, inner, () => ({ state: "unknown" }), true);
  if (inner.hasSubstitution) result.hasSubstitution = true;
}

/** Text of a word as the command gets it, with the way back: for `sh -c '…'`. Expansions stay as written. */
export function decodeWord(node: WordNode, { logical }: Frame): Logical {
  const source = logical.text;
  const builder = new PositionedText();
  const addPlain = (start: number, end: number, isDouble: boolean): void => {
    for (let i = start; i < end; i++) {
      if (source.charAt(i) === "\\" && i + 1 < end) {
        const next = source.charAt(i + 1);
        if (next === "\n") {
          i++;
          continue;
        }
        if (!isDouble || '"$`\\'.includes(next)) i++;
      }
      builder.add(source.charAt(i), i);
    }
  };
  for (const part of node.parts ?? []) {
    if (part.type === "SingleQuoted") builder.add(part.value, part.pos + 1);
    else if (part.type === "DoubleQuoted")
      for (const child of part.parts) {
        if (child.type === "Literal") addPlain(child.pos, child.end, true);
        else builder.add(child.text, child.pos);
      }
    else if (part.type === "AnsiCQuoted") builder.add(part.value, part.pos + 2);
    else if (part.type === "Literal") addPlain(part.pos, part.end, false);
    else builder.add(part.text, part.pos);
  }
  if (node.parts === undefined) addPlain(node.pos, node.end, false);
  return builder.done(logical);
}

/** Text gathered piece by piece with offsets into another text. */
class PositionedText {
  #text = "";
  readonly #pieces: number[] = [];
  #next = -1;

  add(text: string, at: number): void {
    if (at !== this.#next) this.#pieces.push(this.#text.length, at);
    this.#text += text;
    this.#next = at + text.length;
  }

  /** The text with segments that lead through `outer` into the file. */
  done(outer: Logical): Logical {
    const segments: number[] = [];
    const pieces = this.#pieces.length > 0 ? this.#pieces : [0, 0];
    for (let i = 0; i < pieces.length; i += 2) {
      const start = pieces[i] ?? 0;
      const at = pieces[i + 1] ?? 0;
      const end = at + (pieces[i + 2] ?? this.#text.length) - start;
      segments.push(start, sourceSpan(outer, at, at).start);
      for (let j = 0; j < outer.segments.length; j += 2) {
        const cut = outer.segments[j] ?? 0;
        if (cut > at && cut < end) segments.push(start + cut - at, outer.segments[j + 1] ?? 0);
      }
    }
    return { text: this.#text, segments };
  }
}
