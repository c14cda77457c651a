/**
 * JSON with positions: the value, and for every JSON pointer (RFC 6901) the place of its text, so that a finding or an
 * error can name the line. The grammar is RFC 8259's, as strict as `JSON.parse`; of equal keys the last counts.
 */
import { UserError } from "./error.ts";
import { lineStarts, positionAt, type Span } from "./text.ts";

/** Deepest nesting that is read; config.json and image configs need under ten. */
const MAX_DEPTH = 200;
/** Longest text that is read, in UTF-16 code units. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** Where one value stands; `key` is the quoted member name before it, absent in arrays and at the root. */
export interface JsonPlace {
  readonly value: Span;
  readonly key?: Span;
}

/** A parsed text that still knows where everything stands. */
export interface JsonSource {
  /** File name as errors show it. */
  readonly name: string;
  readonly text: string;
  /** What `JSON.parse` gives for the text. */
  readonly value: unknown;
  /** The place of the value at a JSON pointer, `undefined` when there is none. */
  locate(pointer: string): JsonPlace | undefined;
  /**
   * Where to point at: a scalar's own text, the key of an object or array (its first bracket without one), and for
   * a pointer without value the nearest one above it.
   */
  spanOf(pointer: string): Span;
  /** The text of code units `start` to `end` of the string at a pointer, escapes counted; `spanOf` for other values. */
  spanInString(pointer: string, start: number, end: number): Span;
}

interface Node {
  start: number;
  end: number;
  key: Span | undefined;
  children: Map<string, Node> | Node[] | undefined;
}

/** Write one part of a JSON pointer: `/` and `~` are escaped (RFC 6901, section 3). */
export function escapePointer(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * Parse JSON and keep the positions.
 * @throws UserError when the text is not JSON (with `name:line:column`), is nested deeper than 200 or is longer than 16 Mi code units.
 */
export function parseJsonSource(
  text: string,
  options: { name: string; maxDepth?: number; maxLength?: number },
): JsonSource {
  const { name } = options;
  const maxDepth = options.maxDepth ?? MAX_DEPTH;
  const maxLength = options.maxLength ?? MAX_LENGTH;
  if (text.length > maxLength)
    throw new UserError(`${name} is too large: ${text.length} characters, at most ${maxLength}`, {
      where: name,
    });

  let at = 0;

  const fail = (problem: string, offset: number): never => {
    const { line, column } = positionAt(lineStarts(text), offset);
    throw new UserError(`${name} is not JSON: ${problem}`, { where: `${name}:${line}:${column}` });
  };
  const found = (): string => {
    const point = text.codePointAt(at);
    if (point === undefined) return "end of file";
    if (point === 0xfeff) return "a byte order mark";
    // Control characters would garble a terminal; quotes keep the rest apart from the sentence.
    return JSON.stringify(String.fromCodePoint(point));
  };
  const skipSpace = (): void => {
    for (;;) {
      const c = text.charCodeAt(at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      at++;
    }
  };

  const parseString = (): string => {
    const start = at++;
    let value = "";
    let run = at;
    for (;;) {
      const c = text.charCodeAt(at);
      if (c === 0x22) {
        value += text.slice(run, at++);
        return value;
      }
      if (Number.isNaN(c)) return fail("the string that begins here does not end", start);
      if (c < 0x20) return fail(`control character ${found()} in a string`, at);
      if (c !== 0x5c) {
        at++;
        continue;
      }
      value += text.slice(run, at);
      const length = escapeLength(text, at);
      if (length === 0) return fail("unknown escape in a string", at);
      const kind = text[at + 1] ?? "";
      value +=
        kind === "u"
          ? String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16))
          : ESCAPES[kind];
      at += length;
      run = at;
    }
  };

  const parseNumber = (): number => {
    NUMBER.lastIndex = at;
    const match = NUMBER.exec(text)?.[0];
    if (match === undefined) return fail(`expected a value, found ${found()}`, at);
    at += match.length;
    return Number(match);
  };

  const parseValue = (depth: number, node: Node): unknown => {
    skipSpace();
    node.start = at;
    const value = parseBody(depth, node);
    node.end = at;
    return value;
  };

  const parseBody = (depth: number, node: Node): unknown => {
    const c = text[at];
    if ((c === "{" || c === "[") && depth >= maxDepth)
      return fail(`nested deeper than ${maxDepth}`, at);
    if (c === "{") return parseObject(depth, node);
    if (c === "[") return parseArray(depth, node);
    if (c === '"') return parseString();
    for (const [word, value] of WORDS)
      if (text.startsWith(word, at)) {
        at += word.length;
        return value;
      }
    return parseNumber();
  };

  const parseObject = (depth: number, node: Node): unknown => {
    const object: Record<string, unknown> = {};
    const children = new Map<string, Node>();
    node.children = children;
    at++;
    skipSpace();
    if (text[at] === "}") {
      at++;
      return object;
    }
    for (;;) {
      skipSpace();
      if (text[at] !== '"') return fail(`expected a key in double quotes, found ${found()}`, at);
      const start = at;
      const name = parseString();
      const child = newNode({ start, end: at });
      skipSpace();
      if (text[at] !== ":") return fail(`expected ":" after a key, found ${found()}`, at);
      at++;
      const value = parseValue(depth + 1, child);
      // A plain assignment to this name would set the prototype.
      if (name === "__proto__")
        Object.defineProperty(object, name, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      else object[name] = value;
      children.set(name, child);
      skipSpace();
      if (text[at] === "}") {
        at++;
        return object;
      }
      if (text[at] !== ",") return fail(`expected "," or "}", found ${found()}`, at);
      at++;
    }
  };

  const parseArray = (depth: number, node: Node): unknown => {
    const array: unknown[] = [];
    const children: Node[] = [];
    node.children = children;
    at++;
    skipSpace();
    if (text[at] === "]") {
      at++;
      return array;
    }
    for (;;) {
      const child = newNode(undefined);
      array.push(parseValue(depth + 1, child));
      children.push(child);
      skipSpace();
      if (text[at] === "]") {
        at++;
        return array;
      }
      if (text[at] !== ",") return fail(`expected "," or "]", found ${found()}`, at);
      at++;
    }
  };

  const root = newNode(undefined);
  const value = parseValue(0, root);
  skipSpace();
  if (at < text.length) fail(`expected end of file, found ${found()}`, at);

  /** Walk as far as the pointer leads; `exact` tells whether that was to its end. */
  const walk = (pointer: string): { node: Node; exact: boolean } => {
    let node = root;
    for (const escaped of pointer.split("/").slice(1)) {
      const part = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
      const { children } = node;
      const next = Array.isArray(children) ? children[indexOf(part)] : children?.get(part);
      if (next === undefined) return { node, exact: false };
      node = next;
    }
    return { node, exact: true };
  };
  const spanOfNode = (node: Node): Span => {
    if (node.children === undefined) return { start: node.start, end: node.end };
    return node.key ?? { start: node.start, end: node.start + 1 };
  };

  return {
    name,
    text,
    value,
    locate(pointer) {
      const { node, exact } = walk(pointer);
      if (!exact) return undefined;
      const span = { start: node.start, end: node.end };
      return node.key === undefined ? { value: span } : { value: span, key: node.key };
    },
    spanOf: (pointer) => spanOfNode(walk(pointer).node),
    spanInString(pointer, start, end) {
      const { node, exact } = walk(pointer);
      if (!exact || text[node.start] !== '"') return spanOfNode(node);
      let offset = node.start + 1;
      let from = offset;
      for (let unit = 0; unit < end && offset < node.end - 1; unit++) {
        if (unit === start) from = offset;
        offset += text[offset] === "\\" ? escapeLength(text, offset) : 1;
      }
      return { start: from, end: Math.max(offset, from + 1) };
    },
  };
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = [
  ["true", true],
  ["false", false],
  ["null", null],
] as const;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Length of the escape sequence that begins at the backslash at `at`; 0 when it is none. */
function escapeLength(text: string, at: number): number {
  const kind = text[at + 1] ?? "";
  if (Object.hasOwn(ESCAPES, kind)) return 2;
  return kind === "u" && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0;
}

/** RFC 6901, section 4: array indexes are decimal without leading zeros. */
function indexOf(part: string): number {
  return /^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : -1;
}

function newNode(key: Span | undefined): Node {
  return { start: 0, end: 0, key, children: undefined };
}

/**
 * A value of a source on the way from unknown to typed data: every reader method returns the type it is named for, or
 * throws a UserError with the pointer, what was expected, what was found, and the line. `null` counts as absent, since
 * Go programs write absent lists so.
 */
export class JsonCursor {
  readonly source: JsonSource;
  /** JSON pointer of this value; empty at the root. */
  readonly pointer: string;
  readonly value: unknown;

  constructor(source: JsonSource, pointer = "", value: unknown = source.value) {
    this.source = source;
    this.pointer = pointer;
    this.value = value;
  }

  /** The member `key` of an object, `undefined` when it is absent or null. @throws UserError when this is no object. */
  get(key: string): JsonCursor | undefined {
    const object = this.#object();
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    if (value === undefined || value === null) return undefined;
    return new JsonCursor(this.source, `${this.pointer}/${escapePointer(key)}`, value);
  }

  /** The member `key`, which must be there. @throws UserError when it is not. */
  need(key: string): JsonCursor {
    return this.get(key) ?? this.fail(`has no "${key}"`);
  }

  /** Members in source order, null ones included. @throws UserError when this is no object. */
  entries(): readonly (readonly [string, JsonCursor])[] {
    return Object.entries(this.#object()).map(([key, value]) => [
      key,
      new JsonCursor(this.source, `${this.pointer}/${escapePointer(key)}`, value),
    ]);
  }

  /** Elements. @throws UserError when this is no array. */
  items(): readonly JsonCursor[] {
    if (!Array.isArray(this.value)) return this.#expected("an array");
    return this.value.map((v, i) => new JsonCursor(this.source, `${this.pointer}/${i}`, v));
  }

  /** @throws UserError when this is no string. */
  string(): string {
    return typeof this.value === "string" ? this.value : this.#expected("a string");
  }

  /** @throws UserError when this is not an array of strings. */
  strings(): readonly string[] {
    return this.items().map((item) => item.string());
  }

  /** An integer that a double holds exactly. @throws UserError when it is none. */
  integer(): number {
    return Number.isSafeInteger(this.value) ? (this.value as number) : this.#expected("an integer");
  }

  /** @throws UserError when this is neither true nor false. */
  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.#expected("true or false");
  }

  /** @throws UserError, always: `problem` continues the sentence that begins with the pointer. */
  fail(problem: string): never {
    const { name, text } = this.source;
    const { line, column } = positionAt(lineStarts(text), this.source.spanOf(this.pointer).start);
    const what = this.pointer === "" ? name : `${name} ${this.pointer}`;
    throw new UserError(`${what} ${problem}`, { where: `${name}:${line}:${column}` });
  }

  #object(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return this.#expected("an object");
    return value as Record<string, unknown>;
  }

  #expected(type: string): never {
    return this.fail(`must be ${type}, found ${describe(this.value)}`);
  }
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "string")
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return String(value);
}
