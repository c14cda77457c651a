import { expect, test } from "vitest";
import { releasesOf, TABLE_DATE } from "../../../src/audit/dockerfile/end-of-life.ts";

test("the date of the table is a day", () => {
  expect(new Date(TABLE_DATE).toISOString().slice(0, 10)).toBe(TABLE_DATE);
});

test.each([
  ["debian", "9.13-slim", [["debian", "9", "2022-06-30"]]],
  ["python", "3.8.20", [["python", "3.8", "2024-10-07"]]],
  [
    "python",
    "2.7-slim-buster",
    [
      ["python", "2", "2020-01-01"],
      ["debian", "buster", "2024-06-30"],
    ],
  ],
  ["node", "99-alpine3.10", [["alpine", "3.10", "2021-05-01"]]],
  ["alpine", "v3.18", [["alpine", "3.18", "2025-05-09"]]],
  ["python", "3", []],
  ["debian", "stable", []],
  ["nginx", "1.27", []],
])("%s:%s", (product, tag, releases) => {
  const found = releasesOf(product, tag).map(({ product: p, name, endOfLife }) => [
    p,
    name,
    endOfLife,
  ]);
  expect(found).toEqual(releases);
});
