import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob } from "../../src/audit/glob.ts";

test.each([
  ["Dockerfile", "Dockerfile", true],
  ["Dockerfile", "a/b/Dockerfile", true],
  ["Dockerfile", "a/Dockerfile.dev", false],
  ["vendor/", "vendor/a/Dockerfile", true],
  ["vendor", "a/vendor/b/Dockerfile", true],
  ["vendor", "vendored/Dockerfile", false],
  ["/vendor", "a/vendor/Dockerfile", false],
  ["./vendor", "vendor/Dockerfile", true],
  ["a/b", "x/a/b/Dockerfile", false],
  ["a/*/c", "a/b/c/Dockerfile", true],
  ["a/*/c", "a/b/b/c/Dockerfile", false],
  ["**/test/**", "a/b/test/c/Dockerfile", true],
  ["a/**/c", "a/c", true],
  ["a/**/c", "a/x/y/c/d", true],
  ["*.Dockerfile", "x/y.Dockerfile", true],
  ["Dockerfile.?", "Dockerfile.1", true],
  ["Dockerfile.?", "Dockerfile.10", false],
  ["d*k*e", "dockerfile", true],
  ["d*k*x", "dockerfile", false],
  ["**", "a/b", true],
  ["/", "a", false],
  ["a.c", "abc", false],
])("%s on %s: %s", (pattern, path, expected) => {
  expect(compileGlob(pattern)(path)).toBe(expected);
});

test("agrees with a regular expression on one segment", () => {
  const letters = (...items: string[]): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...items), { minLength: 1, maxLength: 8 }).map((l) => l.join(""));
  fc.assert(
    fc.property(letters("a", "b", "*", "?"), letters("a", "b"), (pattern, name) => {
      fc.pre(!pattern.includes("**"));
      const regex = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      expect(compileGlob(pattern)(name)).toBe(regex.test(name));
    }),
  );
});

test("a hostile pattern ends", () => {
  const matches = compileGlob(`${"**/".repeat(200)}${"*a".repeat(100)}b`);
  expect(matches(`${"a/".repeat(300)}${"a".repeat(300)}`)).toBe(false);
});
