import { expect, test } from "vitest";
import type { Fix } from "../../src/audit/finding.ts";
import { applyFixes } from "../../src/audit/fix.ts";

const fix = (...edits: [start: number, end: number, text: string][]): Fix => ({
  title: "t",
  safe: true,
  edits: edits.map(([start, end, text]) => ({ span: { start, end }, text })),
});

test.each<[string, readonly Fix[], string]>([
  ["nothing", [], "abcdef"],
  ["replace, insert, delete in one", [fix([4, 5, ""], [0, 1, "AA"], [3, 3, "-"])], "AAbc-df"],
  ["two fixes apart", [fix([0, 1, "x"]), fix([5, 6, "y"])], "xbcdey"],
  ["touching ends are apart", [fix([0, 2, "x"]), fix([2, 4, "y"])], "xyef"],
  ["of overlapping ones the first", [fix([0, 3, "x"]), fix([2, 4, "y"], [5, 6, "z"])], "xdef"],
  ["of two insertions at one place the first", [fix([2, 2, "x"]), fix([2, 2, "y"])], "abxcdef"],
])("%s", (_, fixes, expected) => {
  expect(applyFixes("abcdef", fixes).text).toBe(expected);
});
