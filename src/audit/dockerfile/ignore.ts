/*
 * `.dockerignore` as BuildKit reads it: moby/patternmatcher, ignorefile/ignorefile.go and patternmatcher.go. Patterns
 * are Go's `filepath.Match` with `**`; the last one that matches decides. Matching is a table walk, pattern × path
 * steps at most: a hostile file cannot stall the audit.
 */

/** One line of an ignore file. */
export interface IgnorePattern {
  /** Cleaned, without `!` and leading slash. */
  readonly text: string;
  /** `!pattern`: takes back what earlier patterns exclude. */
  readonly isException: boolean;
  readonly tokens: readonly Token[];
}

/** One step of a pattern; states of the walk stand before the tokens. */
type Token =
  /** `char`: this one; `any`: one that is no slash; `star`: any number of these; `rest`: all that follows. */
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" | "star" | "rest" }
  /** Two tokens for a `**` with something behind it: nothing (`skip`), or whatever ends with a slash (`folders`). */
  | { readonly kind: "skip" | "folders" }
  | {
      readonly kind: "class";
      readonly isNegated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

/** More lines than this are not read. */
const MAX_PATTERNS = 10_000;

/** Longer patterns and paths match nothing: no file system has such names. */
const MAX_LENGTH = 1024;

/** Patterns of an ignore file in their order; comments, empty lines and lone `!` are left out. */
export function parseIgnoreFile(text: string): readonly IgnorePattern[] {
  const patterns: IgnorePattern[] = [];
  for (const line of text.replace(/^\ufeff/, "").split("\n")) {
    if (patterns.length === MAX_PATTERNS) break;
    // A `#` behind blanks is part of a pattern.
    if (line.startsWith("#")) continue;
    const written = line.trim();
    const isException = written.startsWith("!");
    const bare = isException ? written.slice(1).trim() : written;
    if (bare === "" || bare.length > MAX_LENGTH) continue;
    const clean = cleanPath(bare);
    const pattern = clean.length > 1 && clean.startsWith("/") ? clean.slice(1) : clean;
    patterns.push({ text: pattern, isException, tokens: tokensOf(pattern) });
  }
  return patterns;
}

/** Go's `filepath.Clean` for slashes: no `.`, no double slash, `..` resolved as far as there is something above. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  const joined = parts.join("/");
  return isAbsolute ? `/${joined}` : joined === "" ? "." : joined;
}

/** True when the path, or a folder above it, is left out of the context (`MatchesOrParentMatches`). */
export function isIgnoredPath(patterns: readonly IgnorePattern[], path: string): boolean {
  const clean = cleanPath(path).replace(/^\/(?=.)/, "");
  if (clean.length > MAX_LENGTH) return false;
  let isIgnored = false;
  // Only a pattern that would change the answer is asked.
  for (const { isException, tokens } of patterns)
    if (isException === isIgnored && matchesOrAbove(tokens, clean)) isIgnored = !isException;
  return isIgnored;
}

/** One walk answers for the path and for every folder above it: the pattern need only reach a slash. */
function matchesOrAbove(tokens: readonly Token[], path: string): boolean {
  const count = tokens.length;
  let reached = new Uint8Array(count + 1);
  reached[0] = 1;
  passEmpty(tokens, reached);
  // By code point, as Go's regular expressions go.
  for (const char of path) {
    if (char === "/" && reached[count] === 1) return true;
    const next = new Uint8Array(count + 1);
    let isAlive = false;
    for (let i = 0; i < count; i++) {
      const token = tokens[i];
      if (token === undefined || reached[i] !== 1) continue;
      if (stays(token, char)) next[i] = 1;
      if (steps(token, char)) next[i + 1] = 1;
      isAlive ||= next[i] === 1 || next[i + 1] === 1;
    }
    if (!isAlive) return false;
    reached = next;
    passEmpty(tokens, reached);
  }
  return reached[count] === 1;
}

/** Go on over tokens that may match nothing. */
function passEmpty(tokens: readonly Token[], reached: Uint8Array): void {
  for (const [i, { kind }] of tokens.entries()) {
    if (reached[i] !== 1) continue;
    if (kind === "star" || kind === "rest" || kind === "skip") reached[i + 1] = 1;
    if (kind === "skip") reached[i + 2] = 1;
  }
}

function stays({ kind }: Token, char: string): boolean {
  return kind === "rest" || kind === "folders" || (kind === "star" && char !== "/");
}

function steps(token: Token, char: string): boolean {
  switch (token.kind) {
    case "char":
      return token.char === char;
    case "any":
      return char !== "/";
    case "folders":
      return char === "/";
    case "class":
      return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.isNegated;
    case "star":
    case "rest":
    case "skip":
      return false;
  }
}

/** `Pattern.compile`; a pattern that Go refuses (an open `[`) gives a token that nothing matches. */
function tokensOf(pattern: string): readonly Token[] {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? "";
    if (char === "*" && chars[i + 1] === "*") {
      i++;
      if (chars[i + 1] === "/") i++;
      if (i + 1 >= chars.length) tokens.push({ kind: "rest" });
      else tokens.push({ kind: "skip" }, { kind: "folders" });
    } else if (char === "*") tokens.push({ kind: "star" });
    else if (char === "?") tokens.push({ kind: "any" });
    else if (char === "[") {
      const { token, end } = readClass(chars, i);
      tokens.push(token);
      i = end;
    } else if (char === "\\" && i + 1 < chars.length) {
      tokens.push({ kind: "char", char: chars[++i] ?? "" });
    } else tokens.push({ kind: "char", char });
  }
  return tokens;
}

/** `[abc]`, `[a-z]`, `[^a]`, with `\\` before a character that stands for itself. */
function readClass(chars: readonly string[], start: number): { token: Token; end: number } {
  let i = start + 1;
  const isNegated = chars[i] === "^";
  if (isNegated) i++;
  const ranges: [string, string][] = [];
  const one = (): string => {
    if (chars[i] === "\\") i++;
    return chars[i++] ?? "";
  };
  while (i < chars.length && chars[i] !== "]") {
    const from = one();
    let to = from;
    if (chars[i] === "-" && chars[i + 1] !== "]" && i + 1 < chars.length) {
      i++;
      to = one();
    }
    ranges.push([from, to]);
  }
  const isClosed = i < chars.length && ranges.length > 0;
  return isClosed
    ? { token: { kind: "class", isNegated, ranges }, end: i }
    : { token: { kind: "class", isNegated: false, ranges: [] }, end: chars.length };
}
