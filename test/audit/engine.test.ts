import fc from "fast-check";
import { expect, test } from "vitest";
import type { Dockerfile } from "../../src/audit/dockerfile/model.ts";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { runRules, sortFindings } from "../../src/audit/engine.ts";
import type { Finding } from "../../src/audit/finding.ts";
import type { Report, Rule } from "../../src/audit/rule.ts";
import { makeRule } from "../support/rules.ts";

const model = parseDockerfile("FROM alpine\nRUN true\n");

const check = (run: (report: Report) => void): ((model: Dockerfile, report: Report) => void) => {
  return (_, report) => run(report);
};

test("findings come in source order, whatever the order of rules and reports", () => {
  const a = makeRule(
    { id: "DF9001" },
    check((report) => {
      report({ start: 12, end: 15 }, "later");
      report({ start: 0, end: 4 }, "sooner");
    }),
  );
  const b = makeRule(
    { id: "DF9000" },
    check((report) => report({ start: 0, end: 4 }, "first by id")),
  );
  const { findings } = runRules("dockerfile", model, [a, b]);
  expect(findings.map((f) => [f.ruleId, f.message])).toEqual([
    ["DF9000", "first by id"],
    ["DF9001", "sooner"],
    ["DF9001", "later"],
  ]);
});

test("the same finding twice is one", () => {
  const rule = makeRule(
    {},
    check((report) => {
      for (let i = 0; i < 3; i++) report({ start: 0, end: 4 }, "again");
      report({ start: 0, end: 5 }, "again");
    }),
  );
  expect(runRules("dockerfile", model, [rule]).findings).toHaveLength(2);
});

test("a rule that throws is a failure, takes its findings back, and stops no other", () => {
  const bad = makeRule(
    { id: "DF9001", name: "bad" },
    check((report) => {
      report({ start: 0, end: 4 }, "half an answer");
      throw new Error("broken");
    }),
  );
  const good = makeRule(
    { id: "DF9002" },
    check((report) => report({ start: 5, end: 6 }, "kept")),
  );
  const { findings, failures } = runRules("dockerfile", model, [bad, good]);
  expect(findings.map((f) => f.message)).toEqual(["kept"]);
  expect(failures).toEqual([{ ruleId: "DF9001", ruleName: "bad", error: new Error("broken") }]);
});

test("rules of other targets do not run", () => {
  const rule = {
    ...makeRule({}, () => {}),
    meta: { ...makeRule({}, () => {}).meta, target: "image" },
  };
  expect(runRules("dockerfile", model, [rule as Rule])).toEqual({ findings: [], failures: [] });
});

test("severities can be replaced, by rule id", () => {
  const rule = makeRule(
    { id: "DF9001", severity: "high" },
    check((r) => r({ start: 0, end: 1 }, "x")),
  );
  const { findings } = runRules("dockerfile", model, [rule], new Map([["DF9001", "info"]]));
  expect(findings[0]?.severity).toBe("info");
});

test("sorting keeps every distinct finding and is stable under shuffling", () => {
  const finding = fc.record({
    ruleId: fc.constantFrom("DF1", "DF2"),
    severity: fc.constant("low" as const),
    message: fc.constantFrom("a", "b"),
    span: fc.tuple(fc.nat(5), fc.nat(5)).map(([start, length]) => ({ start, end: start + length })),
  });
  const key = (f: Finding): string =>
    JSON.stringify([f.span.start, f.span.end, f.ruleId, f.message]);
  fc.assert(
    fc.property(fc.array(finding), (findings) => {
      const sorted = sortFindings(findings).map(key);
      expect(new Set(sorted)).toEqual(new Set(findings.map(key)));
      expect(sorted).toHaveLength(new Set(sorted).size);
      expect(sortFindings([...findings].reverse()).map(key)).toEqual(sorted);
    }),
  );
});
