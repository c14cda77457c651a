import type { VariableUse } from "./model.ts";

// BuildKit's word expansion: frontend/dockerfile/shell/lex.go. Unlike there a variable may be unknown; then the
// value is undefined, and the text with quotes removed and variables left as written is still given.

/** What a variable is where a word stands. `maybe`: not set here, yet a build argument may set it. */
export type VariableState =
  | { readonly state: "set"; readonly value: string }
  | { readonly state: "unset" }
  | { readonly state: "maybe" }
  | { readonly state: "unknown" };

export type Lookup = (name: string) => VariableState;

/** A variable met, offsets into the text that was expanded. */
export interface FoundVariable {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly operator: VariableUse["operator"];
  readonly operand: string | undefined;
}

export interface Expansion {
  readonly text: string;
  readonly value: string | undefined;
  readonly variables: readonly FoundVariable[];
  readonly isQuoted: boolean;
  readonly error: string | undefined;
}

/** Nested `${A:-${B:-…}}` deeper than this is refused, so that no input can exhaust the stack. */
const MAX_DEPTH = 64;

/** Longer values of words with variables count as unknown: `ENV A=$A$A` doubles with every line. */
const MAX_EXPANDED = 4096;

function append(value: string | undefined, more: string | undefined): string | undefined {
  if (value === undefined || more === undefined) return undefined;
  return more.length > MAX_EXPANDED || (more !== "" && value.length + more.length > MAX_EXPANDED)
    ? undefined
    : value + more;
}

function concat(value: string | undefined, more: string | undefined): string | undefined {
  return value === undefined || more === undefined ? undefined : value + more;
}

class ExpansionError extends Error {}

interface Piece {
  readonly text: string;
  readonly value: string | undefined;
}

const SPECIAL = "@*#?-$!0";

function isNameCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95
  );
}

/** Expand one word. Never throws: a syntax error is given in `error`, and then `value` is undefined. */
export function expandText(source: string, escapeChar: string, lookup: Lookup): Expansion {
  const variables: FoundVariable[] = [];
  const reader = new Reader(source, escapeChar, lookup, variables);
  try {
    const { text, value } = reader.until(undefined, false, 0);
    return { text, value, variables, isQuoted: reader.isQuoted, error: undefined };
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    return {
      text: source,
      value: undefined,
      variables,
      isQuoted: reader.isQuoted,
      error: error.message,
    };
  }
}

class Reader {
  readonly #source: string;
  readonly #escape: string;
  readonly #lookup: Lookup;
  readonly #variables: FoundVariable[];
  #at = 0;
  isQuoted = false;

  constructor(source: string, escapeChar: string, lookup: Lookup, variables: FoundVariable[]) {
    this.#source = source;
    this.#escape = escapeChar;
    this.#lookup = lookup;
    this.#variables = variables;
  }

  /** `processStopOn`: read up to `stop` (and over it), or to the end. */
  until(stop: string | undefined, rawEscapes: boolean, depth: number): Piece {
    if (depth > MAX_DEPTH) throw new ExpansionError("substitutions are nested too deeply");
    let text = "";
    let value: string | undefined = "";
    while (this.#at < this.#source.length) {
      const char = this.#source.charAt(this.#at);
      if (char === stop) {
        this.#at++;
        return { text, value };
      }
      if (char === "$" || char === "'" || char === '"') {
        const piece =
          char === "$"
            ? this.#dollar(depth)
            : char === "'"
              ? this.#singleQuoted()
              : this.#doubleQuoted(depth);
        text += piece.text;
        value = char === "$" ? append(value, piece.value) : concat(value, piece.value);
        continue;
      }
      this.#at++;
      let plain = char;
      if (char === this.#escape) {
        this.isQuoted = true;
        const next = this.#source.charAt(this.#at);
        this.#at += next.length;
        plain = rawEscapes ? char + next : next;
      }
      text += plain;
      if (value !== undefined) value += plain;
    }
    if (stop !== undefined)
      throw new ExpansionError(
        stop === "}"
          ? "syntax error: missing '}'"
          : `unexpected end of statement while looking for matching ${stop}`,
      );
    return { text, value };
  }

  #singleQuoted(): Piece {
    this.isQuoted = true;
    const end = this.#source.indexOf("'", this.#at + 1);
    if (end === -1)
      throw new ExpansionError(
        "unexpected end of statement while looking for matching single-quote",
      );
    const text = this.#source.slice(this.#at + 1, end);
    this.#at = end + 1;
    return { text, value: text };
  }

  #doubleQuoted(depth: number): Piece {
    this.isQuoted = true;
    this.#at++;
    let text = "";
    let value: string | undefined = "";
    for (;;) {
      if (this.#at >= this.#source.length)
        throw new ExpansionError(
          "unexpected end of statement while looking for matching double-quote",
        );
      const char = this.#source.charAt(this.#at);
      if (char === '"') {
        this.#at++;
        return { text, value };
      }
      if (char === "$") {
        const piece = this.#dollar(depth);
        text += piece.text;
        value = append(value, piece.value);
        continue;
      }
      this.#at++;
      let plain = char;
      if (char === this.#escape) {
        const next = this.#source.charAt(this.#at);
        if (next === "") continue;
        if (next === '"' || next === "$" || next === this.#escape) {
          this.#at++;
          plain = next;
        }
      }
      text += plain;
      if (value !== undefined) value += plain;
    }
  }

  /** `processName`: a name, one special character, or digits; empty when none stands here. */
  #name(): string {
    const start = this.#at;
    const first = this.#source.charCodeAt(this.#at);
    if (first >= 48 && first <= 57) {
      while (this.#source.charCodeAt(this.#at) >= 48 && this.#source.charCodeAt(this.#at) <= 57)
        this.#at++;
    } else if (this.#at < this.#source.length && SPECIAL.includes(this.#source.charAt(this.#at))) {
      this.#at++;
    } else {
      while (isNameCode(this.#source.charCodeAt(this.#at))) this.#at++;
    }
    return this.#source.slice(start, this.#at);
  }

  #dollar(depth: number): Piece {
    const start = this.#at++;
    if (this.#source.charAt(this.#at) !== "{") {
      const name = this.#name();
      if (name === "") return { text: "$", value: "$" };
      return this.#finish(start, name, "", undefined, undefined, undefined);
    }
    this.#at++;
    const next = this.#source.charAt(this.#at);
    if (next === "") throw new ExpansionError("syntax error: missing '}'");
    if (next === "{" || next === "}" || next === ":")
      throw new ExpansionError("syntax error: bad substitution");
    const name = this.#name();
    // Reserved now, so that an outer variable stands before those of its operand.
    const slot = this.#variables.length;
    const operatorAt = this.#at;
    let operator = this.#source.charAt(this.#at++);
    if (operator === "}") return this.#finish(start, name, "", undefined, undefined, slot);
    if (operator === "") throw new ExpansionError("syntax error: missing '}'");
    if (operator === ":") operator += this.#source.charAt(this.#at++);
    switch (operator) {
      case "-":
      case ":-":
      case "+":
      case ":+":
      case "?":
      case ":?": {
        const from = this.#at;
        const operand = this.until("}", false, depth + 1);
        return this.#finish(
          start,
          name,
          operator,
          this.#source.slice(from, this.#at - 1),
          operand,
          slot,
        );
      }
      case "#":
      case "%": {
        let kind: VariableUse["operator"] = operator;
        if (this.#source.charAt(this.#at) === operator) {
          this.#at++;
          kind = operator === "#" ? "##" : "%%";
        }
        const from = this.#at;
        const operand = this.until("}", true, depth + 1);
        return this.#finish(
          start,
          name,
          kind,
          this.#source.slice(from, this.#at - 1),
          operand,
          slot,
        );
      }
      case "/": {
        const all = this.#source.charAt(this.#at) === "/";
        if (all) this.#at++;
        const from = this.#at;
        const pattern = this.until("/", true, depth + 1);
        const replacement = this.until("}", true, depth + 1);
        const written = this.#source.slice(from, this.#at - 1);
        return this.#finish(
          start,
          name,
          all ? "//" : "/",
          written,
          pattern,
          slot,
          replacement.value,
        );
      }
      default:
        throw new ExpansionError(
          `unsupported modifier (${this.#source.slice(operatorAt, this.#at)}) in substitution`,
        );
    }
  }

  /** Note the variable and work out what it gives. */
  #finish(
    start: number,
    name: string,
    operator: VariableUse["operator"],
    written: string | undefined,
    operand: Piece | undefined,
    slot: number | undefined,
    replacement?: string | undefined,
  ): Piece {
    const found = { name, start, end: this.#at, operator, operand: written };
    this.#variables.splice(slot ?? this.#variables.length, 0, found);
    const text = this.#source.slice(start, this.#at);
    return {
      text,
      value: applyOperator(this.#lookup(name), operator, operand?.value, replacement),
    };
  }
}

function applyOperator(
  variable: VariableState,
  operator: VariableUse["operator"],
  operand: string | undefined,
  replacement: string | undefined,
): string | undefined {
  if (variable.state === "unknown") return undefined;
  const value = variable.state === "set" ? variable.value : undefined;
  switch (operator) {
    case "":
      return value ?? (variable.state === "unset" ? "" : undefined);
    case "-":
      return value ?? operand;
    case ":-":
      return value === undefined || value === "" ? operand : value;
    case "+":
      return value === undefined ? (variable.state === "unset" ? "" : undefined) : operand;
    case ":+":
      if (value === undefined) return variable.state === "unset" ? "" : undefined;
      return value === "" ? "" : operand;
    case "?":
      return value;
    case ":?":
      return value === "" ? undefined : value;
    default: {
      const subject = value ?? (variable.state === "unset" ? "" : undefined);
      if (subject === undefined || operand === undefined) return undefined;
      if (operator === "/" || operator === "//") {
        if (replacement === undefined) return undefined;
        return replacePattern(subject, operand, withoutEscapes(replacement), operator === "//");
      }
      return trimPattern(subject, operand, operator);
    }
  }
}

const withoutEscapes = (text: string): string => text.replace(/\\(.)/gs, "$1");

/** A glob as a regular expression source; `*` greedy or not (`convertShellPatternToRegex`). */
function patternSource(pattern: string, isGreedy: boolean): string {
  let source = "";
  let wasStar = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    // Runs of `*` mean one `*`; kept apart they would make matching exponential.
    if (char === "*" && wasStar) continue;
    wasStar = char === "*";
    if (char === "*") source += isGreedy ? "[^]*" : "[^]*?";
    else if (char === "?") source += "[^]";
    else {
      const literal = char === "\\" && i + 1 < pattern.length ? pattern.charAt(++i) : char;
      source += literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    }
  }
  return source;
}

/** Matching with several `*` is polynomial of that degree; beyond these sizes the value counts as unknown. */
const MAX_PATTERN_STARS = 4;
const MAX_SUBJECT = 1024;

function isTooLarge(subject: string, pattern: string): boolean {
  return subject.length > MAX_SUBJECT || pattern.split("*").length - 1 > MAX_PATTERN_STARS;
}

function trimPattern(subject: string, pattern: string, operator: string): string | undefined {
  if (isTooLarge(subject, pattern)) return undefined;
  const isGreedy = operator.length === 2;
  const body = patternSource(pattern, isGreedy);
  if (operator.startsWith("#")) return subject.replace(new RegExp(`^(?:${body})`, "u"), "");
  const whole = new RegExp(`^(?:${body})$`, "u");
  const starts = Array.from({ length: subject.length + 1 }, (_, i) => i);
  if (!isGreedy) starts.reverse();
  const cut = starts.find((start) => whole.test(subject.slice(start)));
  return cut === undefined ? subject : subject.slice(0, cut);
}

function replacePattern(
  subject: string,
  pattern: string,
  replacement: string,
  isAll: boolean,
): string | undefined {
  if (isTooLarge(subject, pattern)) return undefined;
  if (pattern === "") return subject;
  return subject.replace(
    new RegExp(patternSource(pattern, true), isAll ? "gu" : "u"),
    () => replacement,
  );
}
