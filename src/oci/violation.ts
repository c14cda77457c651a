/** One thing that is wrong in a document, at the place where it is wrong. */
export interface Violation {
  /** RFC 6901 JSON pointer; for something that is missing, the place where it should be. */
  readonly pointer: string;
  /** What the place wants, in words: "an array of strings". */
  readonly expected: string;
  /** What is there, in words, cut when long: "a number (42)", "nothing". */
  readonly found: string;
  /** The whole sentence, safe to print: pointer, what is wanted, what was found. */
  readonly message: string;
}

const LONGEST_VALUE = 60;
const LONGEST_POINTER = 200;

/** Make a violation; `sentence` follows the pointer and says by default "must be …, found …". */
export function violation(
  pointer: string,
  expected: string,
  found: string,
  sentence = `must be ${expected}, found ${found}`,
): Violation {
  const place = pointer === "" ? "the document" : cut(printable(pointer), LONGEST_POINTER);
  return { pointer, expected, found, message: `${place} ${sentence}` };
}

/** Pointer to a member of what `parent` points to (RFC 6901: `~` and `/` are escaped). */
export function pointerTo(parent: string, key: string | number): string {
  const part = typeof key === "number" ? key : key.replaceAll("~", "~0").replaceAll("/", "~1");
  return `${parent}/${part}`;
}

/** The value that a pointer names; `undefined` when there is none. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  if (pointer === "") return value;
  for (const part of pointer.slice(1).split("/")) {
    if (typeof value !== "object" || value === null) return undefined;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

/** A value in words, at most a line: `42`, or with its type `a number (42)`. */
export function describe(value: unknown, withType: boolean): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "string":
      if (value === "") return "an empty string";
      return withType ? `a string (${quote(value)})` : quote(value);
    case "number":
      return withType ? `a number (${value})` : String(value);
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return countItems(value.length);
      return Object.keys(value).length === 0 ? "an empty object" : "an object";
    default:
      return String(value);
  }
}

function countItems(count: number): string {
  if (count === 0) return "an empty array";
  return count === 1 ? "an array of 1 item" : `an array of ${count} items`;
}

/** A string in double quotes, cut when long, with everything escaped that could disturb a terminal. */
export function quote(text: string): string {
  return printable(JSON.stringify(cut(text, LONGEST_VALUE)));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

// C0 and C1 controls, line separators and the marks that reorder text (a "Trojan Source", CVE-2021-42574).
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
