import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { formatJson, type JsonReport, jsonReportVersion } from "../../src/report/json.ts";
import { fullReport } from "../support/full-report.ts";

const schema: object = JSON.parse(
  readFileSync(new URL("../../docs/audit-report.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const text = formatJson(fullReport, "1.2.3");
const json: JsonReport = JSON.parse(text);

test("a report with one of everything has the documented shape", () => {
  validate(json);
  expect(validate.errors).toBeNull();
  expect(json.version).toBe(jsonReportVersion);
  expect(text.endsWith("}\n")).toBe(true);
});

test("an empty report has it too", () => {
  validate(JSON.parse(formatJson({ sources: [], notifications: [], rules: [] }, "1.2.3")));
  expect(validate.errors).toBeNull();
});

test("the schema refuses what the report does not have", () => {
  expect(validate({ ...json, extra: 1 })).toBe(false);
});

test("places, suppression and fix of a finding", () => {
  const [first, second] = json.sources;
  expect(first?.path).toBe("my app/Docker#file ü");
  expect(first?.findings.find((f) => f.ruleId === "DF9002")).toMatchObject({
    ruleName: "test-rule",
    severity: "low",
    level: "note",
    start: { line: 2, column: 1 },
    end: { line: 2, column: 4 },
    text: "ADD",
    suppressed: false,
    fix: {
      title: "Write COPY",
      safe: true,
      edits: [{ start: { line: 2, column: 1 }, text: "COPY" }],
    },
    related: [{ message: "the stage begins here", end: { line: 1, column: 12 } }],
  });
  expect(second?.findings.filter((f) => f.suppressed).map((f) => f.suppression)).toEqual([
    { line: 1, reason: "the vendor ships it so" },
    { line: 3 },
  ]);
  expect(json.summary).toMatchObject({
    sources: 3,
    suppressed: 2,
    bySeverity: { high: 1, low: 1 },
  });
  expect(json.complete).toBe(false);
});
