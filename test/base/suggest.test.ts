import { expect, test } from "vitest";
import { closest } from "../../src/base/suggest.ts";

const names = ["CAP_SYS_ADMIN", "CAP_KILL", "network", "mount", "pid"];

test.each([
  ["CAP_SYS_ADMN", "CAP_SYS_ADMIN"],
  ["cap_kill", "CAP_KILL"],
  ["netwrok", "network"],
  ["Mount", "mount"],
  ["pdi", "pid"],
  ["pid", "pid"],
  ["sys", undefined],
  ["x", undefined],
  ["", undefined],
  ["filesystem", undefined],
  ["m".repeat(1000), undefined],
])("%j means %s", (word, expected) => {
  expect(closest(word, names)).toBe(expected);
});

test("the nearest wins, the first of equals", () => {
  expect(closest("readonly", ["readwrite", "readonlx", "readonli"])).toBe("readonlx");
});
