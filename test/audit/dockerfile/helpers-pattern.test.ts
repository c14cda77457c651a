import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesPattern } from "../../../src/audit/dockerfile/helpers-pattern.ts";

test.each([
  ["registry.example.com/a:1", "registry.example.com/*", true],
  ["debian:12", "registry.example.com/*", false],
  ["abc", "a?c", true],
  ["", "*", true],
  ["", "?", false],
  ["a*", "a", false],
])("%s like %s: %s", (text, pattern, expected) => {
  expect(matchesPattern(text, pattern)).toBe(expected);
});

test("agrees with a regular expression", () => {
  const unit = fc.constantFrom(..."ab*?");
  fc.assert(
    fc.property(fc.string({ unit }), fc.string({ unit, maxLength: 8 }), (text, pattern) => {
      const source = [...pattern].map((c) => (c === "*" ? ".*" : c === "?" ? "." : c)).join("");
      expect(matchesPattern(text, pattern)).toBe(new RegExp(`^${source}$`, "s").test(text));
    }),
  );
});
