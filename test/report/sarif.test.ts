import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Log, Result, Run } from "sarif";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../src/audit/result.ts";
import { formatSarif, maxResults } from "../../src/report/sarif.ts";
import { fullReport } from "../support/full-report.ts";
import { reportOf } from "../support/report.ts";
import { makeRule, textRule } from "../support/rules.ts";

const schema: object = JSON.parse(
  readFileSync(
    new URL("../../fixtures/audit/sarif-schema/sarif-2.1.0.json", import.meta.url),
    "utf8",
  ),
);
const ajv = new Ajv2020({ allErrors: true, strict: false });
// The types of ajv-formats describe a default export that NodeNext does not see.
(addFormats as unknown as (target: Ajv2020) => void)(ajv);
const validate = ajv.compile(schema);

function runOf(report: AuditReport): Run & { readonly results: Result[] } {
  const log: Log = JSON.parse(formatSarif(report, { version: "1.2.3" }));
  validate(log);
  expect(validate.errors).toBeNull();
  const [run] = log.runs;
  if (run?.results === undefined) throw new Error("no results");
  return { ...run, results: run.results };
}

const run = runOf(fullReport);
const resultOf = (ruleId: string): Result | undefined =>
  run.results.find((r) => r.ruleId === ruleId);

test("the schema is in force", () => {
  expect(validate({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
});

test("an empty report is valid", () => {
  const empty = runOf({ sources: [], notifications: [], rules: [] });
  expect(empty.results).toEqual([]);
  expect(empty.invocations).toEqual([{ executionSuccessful: true }]);
});

test("rules carry what GitHub shows and sorts by", () => {
  const [rule] = run.tool.driver.rules ?? [];
  expect(rule).toMatchObject({
    id: "DF9001",
    name: "HasDebian",
    shortDescription: { text: "A rule of the tests." },
    fullDescription: { text: "It shows how reports look." },
    helpUri: "https://docs.docker.com/reference/dockerfile/#from",
    defaultConfiguration: { level: "error" },
    properties: {
      tags: ["security", "dockerfile", "external/cwe/cwe-250", "external/cwe/cwe-079"],
      precision: "very-high",
      "problem.severity": "error",
      "security-severity": "8.0",
    },
  });
  expect(rule?.help?.markdown).toContain("## How to fix\n\nWrite `FROM alpine:3.22`.");
  expect(rule?.help?.markdown).toContain("```dockerfile\nFROM alpine\n```");
  for (const result of run.results)
    expect(run.tool.driver.rules?.[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
});

test("places are relative, percent-encoded URIs with lines and columns", () => {
  expect(resultOf("DF9001")?.locations?.[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: "my%20app/Docker%23file%20%C3%BC", uriBaseId: "%SRCROOT%", index: 0 },
    region: {
      startLine: 1,
      startColumn: 6,
      endLine: 1,
      endColumn: 12,
      snippet: { text: "debian" },
    },
  });
});

test("an empty place becomes one that viewers can show", () => {
  for (const { locations } of run.results.filter((r) => r.ruleId === "DF9003")) {
    const { artifactLocation, region } = locations?.[0]?.physicalLocation ?? {};
    if (artifactLocation?.uri === "empty") continue;
    const { startLine = 0, startColumn = 0, endLine = 0, endColumn = 0 } = region ?? {};
    expect(endLine > startLine || endColumn > startColumn).toBe(true);
  }
});

test("fix, related place and suppression", () => {
  const result = resultOf("DF9002");
  expect(result?.fixes?.[0]?.artifactChanges[0]?.replacements).toEqual([
    {
      deletedRegion: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 4 },
      insertedContent: { text: "COPY" },
    },
  ]);
  expect(result?.relatedLocations?.[0]?.message?.text).toBe("the stage begins here.");
  const suppressed = run.results.flatMap((r) => r.suppressions ?? []);
  expect(suppressed).toMatchObject([
    { kind: "inSource", justification: "the vendor ships it so" },
    { kind: "inSource" },
  ]);
});

test("what could not be audited is in the invocation", () => {
  const [invocation] = run.invocations ?? [];
  expect(invocation?.executionSuccessful).toBe(false);
  expect(
    invocation?.toolExecutionNotifications?.map((n) => [n.level, n.message.text, n.associatedRule]),
  ).toEqual([
    ["error", 'Cannot read "x" (x). Permission denied. Allow it.', undefined],
    ["error", "Rule DF9001 has-debian failed: boom.", { id: "DF9001" }],
    ["warning", 'The comment ignores "DF1", which is no rule.', undefined],
  ]);
});

test("nothing of this machine gets in: no absolute path, no time, no user", () => {
  const text = formatSarif(fullReport, { version: "1.2.3" });
  expect(text).not.toContain(process.cwd());
  expect(text).not.toContain("file:");
  expect(text).toBe(formatSarif(fullReport, { version: "1.2.3" }));
});

describe("fingerprints", () => {
  const rule = textRule({}, "apt-get install x");
  const keys = (text: string): unknown[] =>
    runOf(reportOf({ Dockerfile: text }, [rule])).results.map(
      (r) => r.partialFingerprints?.["tguardFinding/v1"],
    );

  test("survive edits elsewhere", () => {
    const before = keys("FROM a\nRUN apt-get install x\n");
    expect(keys("# c\n\nFROM b\nENV A=1\nRUN apt-get install x\nUSER u\n")).toEqual(before);
  });

  test("no two results of a file share one", () => {
    const all = keys("RUN apt-get install x\n".repeat(20));
    expect(new Set(all).size).toBe(20);
  });
});

test("beyond GitHub's limit the mildest results are left out, and told", () => {
  const noisy = makeRule({ id: "DF9001", severity: "low" }, ({ text }, report) => {
    for (let i = 0; i < text.length; i++) report({ start: i, end: i + 1 }, "x");
  });
  const severe = makeRule({ id: "DF9002", severity: "high" }, ({ text }, report) =>
    report({ start: text.length - 1, end: text.length }, "severe"),
  );
  const report = reportOf({ Dockerfile: `${"FROM a\n".repeat(3600)}` }, [noisy, severe]);
  const cut = runOf(report);
  expect(cut.results).toHaveLength(maxResults);
  expect(cut.results.filter((r) => r.ruleId === "DF9002")).toHaveLength(1);
  expect(cut.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toBe(
    "201 of 25201 results were left out, the mildest first: GitHub takes 25000 in a run.",
  );
});
