import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanPath, isIgnoredPath, parseIgnoreFile } from "../../../src/audit/dockerfile/ignore.ts";

const ignores = (file: string, path: string): boolean => isIgnoredPath(parseIgnoreFile(file), path);

describe("an ignore file", () => {
  test.each([
    ["a", "a", true],
    ["a", "./a", true],
    ["a", "/a", true],
    ["/a/", "a/b/c", true],
    ["a", "ab", false],
    ["a", "b/a", false],
    ["*.log", "x.log", true],
    ["*.log", "a/x.log", false],
    ["**/*.log", "x.log", true],
    ["**/*.log", "a/b/x.log", true],
    ["a/**", "a", false],
    ["a/**", "a/b/c", true],
    ["a/**/z", "a/z", true],
    ["a/**/z", "a/b/c/z", true],
    ["a/**/z", "a/bz", false],
    ["**/z", "yz", false],
    ["*", ".", true],
    ["**", ".", true],
    ["a", ".", false],
    ["**/*", ".", true],
    ["?.c", "a.c", true],
    ["?.c", "é.c", true],
    ["?.c", "/.c", false],
    ["[a-c]x", "bx", true],
    ["[^a-c]x", "bx", false],
    ["[^a-c]x", "dx", true],
    ["[a-", "a", false],
    ["[]", "[]", false],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a(b)+.c$|{1}", "a(b)+.c$|{1}", true],
    ["# a", "# a", false],
    [" # a", "# a", true],
    ["\ufeffa", "a", true],
    ["a\r\nb\r\n", "a", true],
    ["  a  ", "a", true],
    ["a\n!a", "a", false],
    ["!a\na", "a", true],
    ["a\n! a/b", "a/b", false],
    ["a\n!a/b", "a/c", true],
    ["*\n!keep\nkeep/not", "keep/not/x", true],
    ["*\n!keep\nkeep/not", "keep/x", false],
    ["!", "a", false],
    ["a/../b", "b", true],
    ["./a//b", "a/b", true],
    ["", "a", false],
  ])("%j and %j: %s", (file, path, expected) => {
    expect(ignores(file, path)).toBe(expected);
  });
});

test.each([
  ["", "."],
  ["./", "."],
  ["/", "/"],
  ["a/./b//c/", "a/b/c"],
  ["a/../..", ".."],
  ["../../a", "../../a"],
  ["/../a", "/a"],
])("cleanPath(%j) is %j", (path, expected) => {
  expect(cleanPath(path)).toBe(expected);
});

/** moby/patternmatcher, Pattern.compile, word for word: a regular expression. */
function toRegExp(pattern: string): RegExp {
  let source = "^";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === "*" && pattern[i + 1] === "*") {
      i++;
      if (pattern[i + 1] === "/") i++;
      source += i + 1 >= pattern.length ? ".*" : "(.*/)?";
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else source += /[.+()|{}$]/.test(char) ? `\\${char}` : char;
  }
  return new RegExp(`${source}$`);
}

/** MatchesOrParentMatches. */
function plainly(file: string, path: string): boolean {
  let matched = false;
  for (const line of file.split("\n")) {
    const isException = line.startsWith("!");
    const bare = isException ? line.slice(1) : line;
    if (bare === "") continue;
    const pattern = cleanPath(bare).replace(/^\/(?=.)/, "");
    const parts = path.split("/");
    const paths = parts.map((_, i) => parts.slice(0, i + 1).join("/"));
    const regExp = toRegExp(pattern);
    if (isException === matched && paths.some((p) => regExp.test(p))) matched = !isException;
  }
  return matched;
}

const piece = fc.constantFrom("a", "b", "*", "**", "?", "/", ".", "+");
const pattern = fc.array(piece, { minLength: 1, maxLength: 7 }).map((parts) => parts.join(""));
const file = fc
  .array(fc.tuple(fc.boolean(), pattern), { maxLength: 4 })
  .map((lines) => lines.map(([not, text]) => (not ? "!" : "") + text).join("\n"));
const path = fc
  .array(fc.string({ unit: fc.constantFrom("a", "b", "."), minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => cleanPath(parts.join("/")))
  .filter((clean) => !clean.startsWith(".."));

test("the table walk gives what moby's regular expressions give", () => {
  fc.assert(
    fc.property(file, path, (text, name) => {
      expect(ignores(text, name)).toBe(plainly(text, name));
    }),
    { numRuns: 2000 },
  );
});

test("a pattern that makes regular expressions run for ever is answered", () => {
  expect(ignores(`${"**/a".repeat(200)}c`, `${"a/".repeat(400)}b`)).toBe(false);
});
