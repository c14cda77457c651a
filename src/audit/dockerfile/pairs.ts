import type { BuildContext } from "./build-context.ts";
import { checkFlags, refuse } from "./build-context.ts";
import { isBlank, sourceSpan } from "./logical.ts";
import type { BuildArgument, Pair } from "./model.ts";
import { splitWords } from "./split.ts";
import { expandedWord } from "./word.ts";

/** Pairs of ENV and LABEL, both forms (`parseNameVal`). */
export function readPairs(context: BuildContext): Pair[] {
  const { logical, rest, base, problems } = context;
  checkFlags(context, {});
  const { text } = logical;
  const words = splitWords(text, rest.start, rest.end, context.escape);
  const [first] = words;
  if (first === undefined) {
    refuse(context, `${base.keyword} requires at least one argument`);
    return [];
  }
  if (!text.slice(first.start, first.end).includes("=")) return readOldPair(context);

  const pairs: Pair[] = [];
  for (const { start, end } of words) {
    const equals = text.indexOf("=", start);
    const span = sourceSpan(logical, start, end);
    if (equals === -1 || equals >= end) {
      const message = `can't find = in "${text.slice(start, end)}". Must be of the form: name=value`;
      problems.push({ kind: "syntax", message, span });
      continue;
    }
    if (equals === start) refuse(context, `${base.keyword} names can not be blank`, span);
    pairs.push({
      key: expandedWord(context, start, equals),
      value: expandedWord(context, equals + 1, end),
      separator: "=",
      span,
    });
  }
  return pairs;
}

/** `ENV key value with blanks`. */
function readOldPair(context: BuildContext): Pair[] {
  const { logical, rest, base, problems } = context;
  const { text } = logical;
  let keyEnd = rest.start;
  while (keyEnd < rest.end && !isBlank(text.charCodeAt(keyEnd))) keyEnd++;
  let valueStart = keyEnd;
  while (valueStart < rest.end && isBlank(text.charCodeAt(valueStart))) valueStart++;
  const span = sourceSpan(logical, rest.start, rest.end);
  if (valueStart === keyEnd) {
    const message = `${base.keyword} must have two arguments`;
    problems.push({ kind: "syntax", message, span });
    return [];
  }
  return [
    {
      key: expandedWord(context, rest.start, keyEnd),
      value: expandedWord(context, valueStart, rest.end),
      separator: "",
      span,
    },
  ];
}

/** Names of ARG (`parseNameOrNameVal`). */
export function readArguments(context: BuildContext): BuildArgument[] {
  const { logical, rest } = context;
  checkFlags(context, {});
  const { text } = logical;
  const words = splitWords(text, rest.start, rest.end, context.escape);
  if (words.length === 0) refuse(context, "ARG requires at least one argument");
  return words.map(({ start, end }): BuildArgument => {
    const found = text.indexOf("=", start);
    const equals = found === -1 || found >= end ? -1 : found;
    const nameEnd = equals === -1 ? end : equals;
    const span = sourceSpan(logical, start, end);
    if (nameEnd === start) refuse(context, "ARG names can not be blank", span);
    return {
      name: text.slice(start, nameEnd),
      nameSpan: sourceSpan(logical, start, nameEnd),
      default: equals === -1 ? undefined : expandedWord(context, equals + 1, end),
      span,
    };
  });
}
