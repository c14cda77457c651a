import { expect, test } from "vitest";
import { exitStatus, isComplete } from "../../src/audit/exit-status.ts";
import type { Severity } from "../../src/audit/finding.ts";
import type { AuditReport, ReportedFinding } from "../../src/audit/result.ts";
import {
  type FailOn,
  failOnValues,
  levelOf,
  reaches,
  severities,
} from "../../src/audit/severity.ts";

function report(
  severity: Severity | undefined,
  failOn: FailOn,
  extra: Partial<ReportedFinding> = {},
): AuditReport {
  const finding: ReportedFinding = {
    ruleId: "DF9001",
    severity: severity ?? "low",
    message: "m",
    span: { start: 0, end: 1 },
    ...extra,
  };
  const findings = severity === undefined ? [] : [finding];
  const source = {
    displayName: "D",
    uri: "D",
    target: "dockerfile",
    text: "x",
    length: 1,
    failOn,
  } as const;
  return { sources: [{ ...source, findings }], notifications: [], rules: [] };
}

test.each<[Severity | undefined, FailOn, number]>([
  [undefined, "info", 0],
  ["high", "error", 1],
  ["critical", "error", 1],
  ["medium", "error", 0],
  ["medium", "warning", 1],
  ["low", "warning", 0],
  ["info", "note", 1],
  ["critical", "none", 0],
  ["high", "critical", 0],
  ["low", "low", 1],
  ["info", "low", 0],
])("%s under --fail-on %s: %i", (severity, failOn, status) => {
  expect(exitStatus(report(severity, failOn))).toBe(status);
});

test("a level as threshold fails exactly the severities of that level and worse", () => {
  const levels = ["error", "warning", "note"] as const;
  for (const threshold of levels)
    for (const severity of severities)
      expect(reaches(severity, threshold)).toBe(
        levels.indexOf(levelOf(severity)) <= levels.indexOf(threshold),
      );
  expect(failOnValues).toEqual([...levels, "none", ...severities]);
});

test("suppressed findings do not fail", () => {
  const suppression = { span: { start: 0, end: 1 } };
  expect(exitStatus(report("critical", "info", { suppression }))).toBe(0);
});

test("what could not be audited wins over findings", () => {
  const found = report("high", "error");
  const error = { level: "error", message: "m" } as const;
  expect(exitStatus({ ...found, notifications: [error] })).toBe(2);
  expect(exitStatus({ ...found, notifications: [{ ...error, level: "warning" }] })).toBe(1);
});

test("a syntax error means that not all was audited, unless it is suppressed", () => {
  const broken = report("high", "none", { ruleId: "DF0001" });
  expect(isComplete(broken)).toBe(false);
  expect(exitStatus(broken)).toBe(2);
  const suppression = { span: { start: 0, end: 1 } };
  expect(exitStatus(report("high", "none", { ruleId: "DF0001", suppression }))).toBe(0);
});
