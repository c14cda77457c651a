import fc from "fast-check";
import { expect, test } from "vitest";
import { lineStarts } from "../../src/base/text.ts";
import { excerpt } from "../../src/report/excerpt.ts";
import { displayWidth } from "../../src/report/printable.ts";

/** Lines and marks as the table prints them, below each other. */
function draw(text: string, start: number, end: number, columns = 60): string[] {
  const { lines, omitted } = excerpt(text, lineStarts(text), { start, end }, columns);
  const drawn = lines.flatMap((l) => [`${l.number}|${l.text}`, ` |${l.underline}`]);
  return omitted > 0 ? [...drawn, `+${omitted}`] : drawn;
}

/** Any code points, surrogates among them; many small ones. */
const anyText = fc
  .array(fc.oneof(fc.nat(0x10ffff), fc.nat(0x100), fc.constant(0x0a)), { maxLength: 300 })
  .map((codePoints) => String.fromCodePoint(...codePoints));

test.each<[string, string, number, number, string[]]>([
  ["one word", "FROM debian", 5, 11, ["1|FROM debian", " |     ~~~~~~"]],
  ["an empty place", "FROM", 4, 4, ["1|FROM", " |    ~"]],
  ["end of the file", "FROM a\n", 7, 7, ["2|", " |~"]],
  ["tabs", "\tRUN\tx", 5, 6, ["1|    RUN    x", " |           ~"]],
  ["wide characters before", "# 日本\nRUN 日本 x", 12, 13, ["2|RUN 日本 x", " |         ~"]],
  ["hidden characters", "RUN \x1b[0mx", 4, 8, ["1|RUN \\x1b[0mx", " |    ~~~~~~~"]],
  ["CRLF", "RUN a\r\nRUN b\r\n", 7, 12, ["2|RUN b", " |~~~~~"]],
  [
    "several lines",
    "RUN a && \\\n    b && \\\n    c\n",
    0,
    27,
    ["1|RUN a && \\", " |~~~~~~~~~~", "2|    b && \\", " |    ~~~~~~", "3|    c", " |    ~"],
  ],
  ["too many lines", "a\nb\nc\nd\ne\n", 0, 9, ["1|a", " |~", "2|b", " |~", "3|c", " |~", "+2"]],
])("%s", (_, text, start, end, expected) => {
  expect(draw(text, start, end)).toEqual(expected);
});

test("a long line is cut around the place", () => {
  const text = `RUN ${"a".repeat(500)} curl ${"b".repeat(500)}`;
  const [line = "", marks = ""] = draw(text, 505, 509, 40);
  expect(line.slice(2)).toHaveLength(40);
  expect(line).toMatch(/^1\|\.\.\..*\.\.\.$/);
  expect(line.slice(marks.indexOf("~"), marks.lastIndexOf("~") + 1)).toBe("curl");
});

test("whatever the text and span, it fits the width and marks something", () => {
  fc.assert(
    fc.property(
      anyText,
      fc.nat(300),
      fc.nat(300),
      fc.integer({ min: 20, max: 120 }),
      (text, a, b, columns) => {
        const start = Math.min(a, b, text.length);
        const end = Math.min(Math.max(a, b), text.length);
        const { lines } = excerpt(text, lineStarts(text), { start, end }, columns);
        expect(lines.length).toBeGreaterThan(0);
        for (const { text: shown, underline } of lines) {
          // One character may be ten columns (\u{10ffff}): it is never cut.
          expect(displayWidth(shown)).toBeLessThanOrEqual(columns + 3);
          expect(underline).toMatch(/^ *~+$/);
        }
      },
    ),
  );
});
