import fc from "fast-check";
import { expect, test } from "vitest";
import { interpolate } from "../../../src/audit/compose/interpolate.ts";
import { unknownMark as u } from "../../../src/audit/compose/model.ts";

test.each([
  ["plain", "plain"],
  ["$A", u],
  ["${A}", u],
  ["a${A}b$C.d", `a${u}b${u}.d`],
  ["${A:-x}", "x"],
  ["${A-x}", "x"],
  ["${A:-}", ""],
  ["${A:-${B:-c}}d", "cd"],
  ["${A:-${B}}", u],
  ["${A:?must}", u],
  ["${A?must}", u],
  ["${A:+other}", u],
  ["$$A", "$A"],
  ["$$${A:-x}", "$x"],
  ["5$", "5$"],
  ["$ 5", "$ 5"],
  ["${A", u],
  ["x${1:-y}", `x${u}`],
  ["${A:-a}}", "a}"],
])("%s gives %j", (raw, text) => {
  expect(interpolate(raw)).toBe(text);
});

test("a nest without end is cut", () => {
  const raw = `${"${A:-".repeat(10_000)}x${"}".repeat(10_000)}`;
  expect(interpolate(raw)).toBe(u);
});

test("text without a dollar is itself, and doubled ones stand for one", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(interpolate(text.replaceAll("$", "$$$$"))).toBe(text);
    }),
  );
});
