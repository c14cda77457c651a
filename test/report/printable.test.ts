import fc from "fast-check";
import { expect, test } from "vitest";
import { displayWidth, printable, wrap } from "../../src/report/printable.ts";

/** Any code points, surrogates among them; many small ones. */
const anyText = fc
  .array(fc.oneof(fc.nat(0x10ffff), fc.nat(0x100), fc.constant(0x0a)), { maxLength: 300 })
  .map((codePoints) => String.fromCodePoint(...codePoints));

test.each([
  ["plain", "plain"],
  ["\x1b[31mred", "\\x1b[31mred"],
  ["\x9b31m", "\\x9b31m"],
  ["a\r\nb\0", "a\\x0d\\x0ab\\x00"],
  ["a\tb", "a    b"],
  ["\u202egnp", "\\u{202e}gnp"],
  ["\ufeffx\u200b\u2028", "\\u{feff}x\\u{200b}\\u{2028}"],
  ["\ud800", "\\u{d800}"],
  ["\u{e0041}", "\\u{e0041}"],
  ["häß 日本 🎉", "häß 日本 🎉"],
])("%j is shown as %s", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("nothing that is shown steers a terminal or reorders text, and showing it again changes nothing", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = printable(text);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
      expect(printable(shown)).toBe(shown);
    }),
  );
});

test.each([
  ["abc", 3],
  ["日本", 4],
  ["e\u0301", 1],
  ["🎉", 2],
])("%s takes %i columns", (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test("wrapping keeps every word, and no line of several words is too long", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
      fc.integer({ min: 1, max: 30 }),
      (words, columns) => {
        const lines = wrap(words.join("  "), columns);
        expect(lines.flatMap((line) => line.split(" "))).toEqual(words);
        for (const line of lines)
          if (line.includes(" ")) expect(line.length).toBeLessThanOrEqual(columns);
      },
    ),
  );
});
