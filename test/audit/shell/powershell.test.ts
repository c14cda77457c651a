import fc from "fast-check";
import { expect, test } from "vitest";
import { powerShellWords } from "../../../src/audit/shell/powershell.ts";

test.each([
  ["a -b 'c d' e", ["a", "-b", "e"]],
  ['a "b `" c" d', ["a", "d"]],
  ["a; b | c & d", ["a", "b", "c", "d"]],
  ["a # b\nc <# d\ne #> f", ["a", "c", "f"]],
  ["(a) { $b = c }", ["a", "$b", "c"]],
  ["a 'open", ["a"]],
])("%j has the words %j", (text, words) => {
  expect(powerShellWords(text).map((word) => word.text)).toEqual(words);
});

test("every word stands where it says, in order, and holds no blank or quote", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", " ", "'", '"', "`", "#", "<", ">", ";", "\n", "é"),
  });
  fc.assert(
    fc.property(text, (source) => {
      let end = 0;
      for (const word of powerShellWords(source)) {
        expect(word.start).toBeGreaterThanOrEqual(end);
        end = word.start + word.text.length;
        expect(source.slice(word.start, end)).toBe(word.text);
        expect(word.text).not.toMatch(/[\s'"]/);
      }
    }),
  );
});
