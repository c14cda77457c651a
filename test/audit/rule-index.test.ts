import { expect, test } from "vitest";
import { indexRules } from "../../src/audit/rule-index.ts";
import { makeRule } from "../support/rules.ts";

const nothing = (): void => {};
const a = makeRule(
  { id: "DF9001", name: "loud-dog", aliases: ["hadolint:DL1", "trivy:DS-1"] },
  nothing,
);
const b = makeRule(
  { id: "DF9002", name: "quiet-cat", aliases: ["hadolint:DL1", "kics:df9001"] },
  nothing,
);
const index = indexRules([a, b]);

test.each([
  ["DF9001", [a]],
  ["df9002", [b]],
  ["quiet-cat", [b]],
  ["trivy:DS-1", [a]],
  ["DS-1", [a]],
  ["DL1", [a, b]],
  ["hadolint:dl1", [a, b]],
  ["kics:DF9001", [b]],
  ["dog", []],
])("%s", (word, rules) => {
  expect(index.find(word)).toEqual(rules);
});

test("ids of one tool are not those of another", () => {
  expect(index.findAlias("hadolint", "dl1")).toEqual([a, b]);
  expect(index.findAlias("hadolint", "DS-1")).toEqual([]);
});

test("a misspelt word gets a suggestion, a strange one none", () => {
  expect(index.suggest("quiet-cta")).toBe("quiet-cat");
  expect(index.suggest("elephant")).toBeUndefined();
});
