import type { Span } from "../../base/text.ts";
import type { HeredocAt } from "./lines.ts";
import { sourceSpan } from "./logical.ts";
import type { Flag, InstructionBase, Problem, SourceReference, Word } from "./model.ts";
import { parseReference } from "./reference.ts";
import type { JsonArguments, RawFlag } from "./split.ts";
import { expandedWord, literalWord, plainWord, type WordContext } from "./word.ts";

/** What a reader of one kind of instruction works with. */
export interface BuildContext extends WordContext {
  readonly base: InstructionBase;
  readonly flags: readonly RawFlag[];
  /** Range of the arguments in the joined line. */
  readonly rest: Span;
  readonly json: JsonArguments;
  readonly heredocs: readonly HeredocAt[];
  /** Heredoc lines of the file, terminators included. */
  readonly heredocLines: Span;
  readonly text: string;
  /** Index of a stage by alias (lower case) as seen from this instruction: earlier and own first, then later ones. */
  readonly stageByName: (name: string) => number | undefined;
  readonly stageCount: number;
}

/** Note what BuildKit's instruction reader would refuse. */
export function refuse(context: BuildContext, message: string, span?: Span): void {
  const problem: Problem = {
    kind: "instruction",
    message,
    span: span ?? context.base.headSpan,
  };
  context.problems.push(problem);
}

/** How the values of an instruction's flags are read. */
type FlagMode = "expand" | "literal";

/** Flags of an instruction as nodes. */
export function readFlags(context: BuildContext, mode: FlagMode): Flag[] {
  const { logical } = context;
  return context.flags.map((flag): Flag => {
    const written = logical.text.slice(flag.start, flag.end);
    const equals = written.indexOf("=");
    const nameEnd = equals === -1 ? flag.end : flag.start + equals;
    return {
      name: logical.text.slice(flag.start + 2, nameEnd),
      raw: flag.text,
      value:
        equals === -1
          ? undefined
          : mode === "expand"
            ? expandedWord(context, nameEnd + 1, flag.end)
            : literalWord(
                logical,
                nameEnd + 1,
                flag.end,
                flag.text.slice(flag.text.indexOf("=") + 1),
              ),
      span: sourceSpan(logical, flag.start, flag.end),
      nameSpan: sourceSpan(logical, flag.start, nameEnd),
    };
  });
}

/** Flags an instruction takes: `value` needs one, `bool` may stand alone, `list` may be repeated. */
export type FlagTable = Readonly<Record<string, "value" | "bool" | "list">>;

/** Refuse flags that the instruction does not take (instructions/bflag.go). */
export function checkFlags(context: BuildContext, table: FlagTable): void {
  const seen = new Set<string>();
  for (const { name, value, span } of context.base.flags) {
    const type = Object.hasOwn(table, name) ? table[name] : undefined;
    if (type === undefined) refuse(context, `unknown flag: --${name}`, span);
    else if (seen.has(name) && type !== "list")
      refuse(context, `duplicate flag specified: ${name}`, span);
    else if (type !== "bool" && value === undefined)
      refuse(context, `missing a value on flag: ${name}`, span);
    else if (
      type === "bool" &&
      value?.value !== undefined &&
      !["true", "false"].includes(value.value.toLowerCase())
    )
      refuse(context, `expecting boolean value for flag ${name}, not: ${value.value}`, span);
    seen.add(name);
  }
}

/** Value of the last flag with this name. */
export function flagValue({ base }: BuildContext, name: string): Word | undefined {
  return base.flags.findLast((flag) => flag.name === name)?.value;
}

/** True for `--name` and `--name=true`. */
export function hasBoolFlag({ base }: BuildContext, name: string): boolean {
  const flag = base.flags.findLast((candidate) => candidate.name === name);
  return flag !== undefined && flag.value?.value?.toLowerCase() !== "false";
}

/** The arguments as one word: all of the rest. */
export function restWord(context: BuildContext, mode: "expand" | "plain"): Word {
  const { start, end } = context.rest;
  return mode === "expand"
    ? expandedWord(context, start, end)
    : plainWord(context.logical, start, end);
}

/** Strings of the JSON array, taken literally; `undefined` when the arguments are none. */
export function jsonWords(context: BuildContext): Word[] | undefined {
  if (context.json.kind !== "strings") return undefined;
  return context.json.strings.map(({ start, end, text }) =>
    literalWord(context.logical, start, end, text),
  );
}

/** What `--from=` and `from=` name. */
export function readSource(context: BuildContext, word: Word): SourceReference {
  const parts = parseReference(word);
  const { value } = word;
  if (value === undefined)
    return { ...parts, word, kind: "unknown", stageIndex: undefined, isNumeric: false };
  const isNumeric = /^\d+$/.test(value);
  const named = context.stageByName(value.toLowerCase());
  if (named !== undefined) return { ...parts, word, kind: "stage", stageIndex: named, isNumeric };
  if (!isNumeric) return { ...parts, word, kind: "image", stageIndex: undefined, isNumeric };
  const index = Number(value);
  return index < context.stageCount
    ? { ...parts, word, kind: "stage", stageIndex: index, isNumeric }
    : { ...parts, word, kind: "index", stageIndex: undefined, isNumeric };
}
