import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/error.ts";

/** Largest ignore file that is read, in bytes; git has no limit, people stay far below. */
const maxBytes = 1024 * 1024;
const maxPatterns = 20_000;

/** One line of a .gitignore (gitignore(5)). */
export interface IgnorePattern {
  readonly isNegated: boolean;
  readonly isFolderOnly: boolean;
  /** Does it match a path below the file's folder, `/` separated, no slash at either end? */
  matches(path: string): boolean;
}

/** Patterns of one ignore file, in its order. */
export function parseGitignore(text: string): readonly IgnorePattern[] {
  const patterns: IgnorePattern[] = [];
  for (const line of text.split("\n")) {
    const pattern = parseLine(line.replace(/\r$/, ""));
    if (pattern !== undefined) patterns.push(pattern);
    if (patterns.length >= maxPatterns) break;
  }
  return patterns;
}

/** What the patterns of one file say: `undefined` when none matches. The last one that matches decides. */
export function decide(
  patterns: readonly IgnorePattern[],
  path: string,
  isFolder: boolean,
): boolean | undefined {
  for (let i = patterns.length - 1; i >= 0; i--) {
    const pattern = patterns[i];
    if (pattern === undefined || (pattern.isFolderOnly && !isFolder)) continue;
    if (pattern.matches(path)) return !pattern.isNegated;
  }
  return undefined;
}

/** The patterns of a folder's .gitignore; none where there is no readable one. */
export function readGitignore(folder: string): readonly IgnorePattern[] {
  let fd: number | undefined;
  try {
    fd = openSync(join(folder, ".gitignore"), "r");
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > maxBytes) return [];
    const bytes = Buffer.alloc(stat.size);
    return parseGitignore(bytes.toString("utf8", 0, readSync(fd, bytes, 0, stat.size, 0)));
  } catch (error) {
    // git goes on without a file that it cannot read.
    if (isErrno(error)) return [];
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function parseLine(line: string): IgnorePattern | undefined {
  // Trailing blanks go unless a backslash holds them.
  let text = line.replace(/(?<!\\)[ \t]+$/, "");
  if (text === "" || text.startsWith("#")) return undefined;
  const isNegated = text.startsWith("!");
  if (isNegated) text = text.slice(1);
  const isFolderOnly = text.endsWith("/");
  if (isFolderOnly) text = text.slice(0, -1);
  // A slash at the beginning or in the middle ties the pattern to the file's folder.
  const isAnchored = text.includes("/");
  text = text.replace(/^\//, "");
  if (text === "") return undefined;
  const segments = text.split("/").map(segmentMatcher);
  if (segments.some((segment) => segment === "invalid")) return undefined;
  const parts = segments as readonly Segment[];
  return {
    isNegated,
    isFolderOnly,
    matches: isAnchored
      ? (path) => matchSegments(parts, path.split("/"))
      : (path) => {
          const [only] = parts;
          const name = path.slice(path.lastIndexOf("/") + 1);
          return only === "**" || (only !== undefined && matchName(only, name));
        },
  };
}

/** A path segment of a pattern: `**`, or single-character matchers with stars between them. */
type Segment = "**" | readonly Piece[];
type Piece = "*" | ((character: string) => boolean);

function segmentMatcher(text: string): Segment | "invalid" {
  if (text === "**") return "**";
  const pieces: Piece[] = [];
  const characters = [...text];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? "";
    if (c === "*") {
      if (pieces.at(-1) !== "*") pieces.push("*");
    } else if (c === "?") pieces.push(() => true);
    else if (c === "[") {
      const set = bracket(characters, i);
      if (set === undefined) return "invalid";
      pieces.push(set.matches);
      i = set.end;
    } else {
      // A backslash that holds nothing makes a pattern that matches nothing.
      const literal = c === "\\" ? characters[++i] : c;
      if (literal === undefined) return "invalid";
      pieces.push((other) => other === literal);
    }
  }
  return pieces;
}

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /^[A-Za-z0-9]$/,
  alpha: /^[A-Za-z]$/,
  digit: /^[0-9]$/,
  lower: /^[a-z]$/,
  upper: /^[A-Z]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^\s$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

/** `[a-z]`, `[!x]`, `[[:alpha:]]` from its opening bracket; `undefined` when it is not closed. */
function bracket(
  text: readonly string[],
  start: number,
): { readonly matches: (character: string) => boolean; readonly end: number } | undefined {
  let i = start + 1;
  const isNegated = text[i] === "!" || text[i] === "^";
  if (isNegated) i++;
  const tests: ((character: string) => boolean)[] = [];
  for (let isFirst = true; ; isFirst = false) {
    const c = text[i];
    if (c === undefined) return undefined;
    if (c === "]" && !isFirst) break;
    if (c === "[" && text[i + 1] === ":") {
      const close = text.indexOf(":", i + 2);
      const known = classes[text.slice(i + 2, close).join("")];
      if (close === -1 || text[close + 1] !== "]" || known === undefined) return undefined;
      tests.push((other) => known.test(other));
      i = close + 2;
      continue;
    }
    const low = c === "\\" ? text[++i] : c;
    if (low === undefined) return undefined;
    if (text[i + 1] === "-" && text[i + 2] !== undefined && text[i + 2] !== "]") {
      const high = text[i + 2] === "\\" ? text[i + 3] : text[i + 2];
      if (high === undefined) return undefined;
      tests.push((other) => other >= low && other <= high);
      i += text[i + 2] === "\\" ? 4 : 3;
    } else {
      tests.push((other) => other === low);
      i++;
    }
  }
  return { matches: (other) => tests.some((test) => test(other)) !== isNegated, end: i };
}

/** Match a name with stars by going back to the last one: no more than length times length steps. */
function matchName(pieces: Exclude<Segment, "**">, name: string): boolean {
  const characters = [...name];
  let p = 0;
  let n = 0;
  let star = -1;
  let from = 0;
  while (n < characters.length) {
    const piece = pieces[p];
    if (piece === "*") {
      star = p++;
      from = n;
    } else if (piece?.(characters[n] ?? "")) {
      p++;
      n++;
    } else if (star !== -1) {
      p = star + 1;
      n = ++from;
    } else return false;
  }
  while (pieces[p] === "*") p++;
  return p === pieces.length;
}

/** The same over the segments of a path, where `**` is the star; at the end it wants something below it. */
function matchSegments(parts: readonly Segment[], names: readonly string[]): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let from = 0;
  while (n < names.length) {
    const part = parts[p];
    if (part === "**") {
      if (p === parts.length - 1) return true;
      star = p++;
      from = n;
    } else if (part !== undefined && matchName(part, names[n] ?? "")) {
      p++;
      n++;
    } else if (star !== -1) {
      p = star + 1;
      n = ++from;
    } else return false;
  }
  return p === parts.length;
}
