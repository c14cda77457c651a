import type { Problem } from "./model.ts";

/** What a problem of the parser is about, for rules that tell of one kind alone. */
export type ProblemCode =
  | "unknown-instruction"
  | "argument-count"
  | "argument-format"
  | "flag"
  | "key-value"
  | "modifier"
  | "trigger";

// In this order: the first that fits counts. The words are those of this folder's readers (`refuse` and the like).
const CODES: readonly (readonly [ProblemCode, RegExp])[] = [
  ["unknown-instruction", /^unknown instruction: /],
  ["modifier", /unsupported modifier \(/],
  [
    "flag",
    /^(?:unknown flag|duplicate flag|missing a value on flag|expecting boolean value|ONBUILD takes no flags)/,
  ],
  ["trigger", /allowed as an ONBUILD trigger$|^Chaining ONBUILD/],
  [
    "key-value",
    /^can't find = in |names can not be blank$|looking for matching (?:single|double)-quote$/,
  ],
  ["argument-format", /^SHELL requires|^when using JSON array syntax|can not be an empty string$/],
  [
    "argument-count",
    / requires (?:at least|exactly|either) |takes no arguments$|must have two arguments$/,
  ],
];

/** The kind of a problem; `undefined` for one that has no kind of its own. */
export function problemCode({ message }: Problem): ProblemCode | undefined {
  return CODES.find(([, pattern]) => pattern.test(message))?.[0];
}
