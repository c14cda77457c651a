import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../src/audit/result.ts";
import { formatCheckstyle } from "../../src/report/checkstyle.ts";
import { formatGithub } from "../../src/report/github.ts";
import { formatGitlabCodeQuality, formatGitlabSast } from "../../src/report/gitlab.ts";
import { formatHtml } from "../../src/report/html.ts";
import { formatJunit } from "../../src/report/junit.ts";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { formatNdjson } from "../../src/report/ndjson.ts";
import { formatSonar } from "../../src/report/sonar.ts";
import { fullReport } from "../support/full-report.ts";
import { reportOf } from "../support/report.ts";
import { textRule } from "../support/rules.ts";
import { parseXml } from "../support/xml.ts";

const now = new Date("2026-01-02T03:04:05Z");
const empty: AuditReport = { sources: [], notifications: [], rules: [] };
const openCount = 5;

test("ndjson: a line each, the last one counts", () => {
  const lines = formatNdjson(fullReport)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ type }) => type === "finding").length).toBeGreaterThan(openCount);
  expect(lines[0]).toMatchObject({ type: "finding", path: "my app/Docker#file ü" });
  expect(lines.at(-1)).toMatchObject({ type: "summary", sources: 3 });
});

describe("github", () => {
  test("a workflow command for each open finding and notification", () => {
    const lines = formatGithub(fullReport).trimEnd().split("\n");
    expect(lines).toContain(
      '::error file=my app/Docker#file ü,line=1,endLine=1,col=6,endColumn=12,title=DF9001 has-debian::"debian" is here',
    );
    expect(lines.every((line) => /^::(?:error|warning|notice) /.test(line))).toBe(true);
  });

  test("nothing in a message or a name begins another command", () => {
    const rule = textRule({ id: "DF9001" }, "x");
    const report = reportOf({ "a\n::set-env name=P::v,b:c%": "FROM x\n" }, [rule]);
    const [only, ...rest] = formatGithub(report).trimEnd().split("\n");
    expect(rest).toEqual([]);
    expect(only).toContain("file=a%0A%3A%3Aset-env name=P%3A%3Av%2Cb%3Ac%25,");
  });
});

test("gitlab code quality: what the documentation asks for, fingerprints unique", () => {
  const issues = JSON.parse(formatGitlabCodeQuality(fullReport));
  for (const issue of issues) {
    expect(issue).toMatchObject({
      description: expect.any(String),
      check_name: expect.any(String),
      fingerprint: expect.stringMatching(/^[0-9a-f]{40}$/),
      severity: expect.stringMatching(/^(?:info|minor|major|critical|blocker)$/),
      location: { path: expect.any(String), lines: { begin: expect.any(Number) } },
    });
  }
  const keys = issues.map((issue: { fingerprint: string }) => issue.fingerprint);
  expect(new Set(keys).size).toBe(keys.length);
  expect(JSON.parse(formatGitlabCodeQuality(empty))).toEqual([]);
});

test("gitlab SAST: the fields that the schema requires", () => {
  const report = JSON.parse(formatGitlabSast(fullReport, "1.2.3", now));
  expect(report.version).toMatch(/^15\.\d+\.\d+$/);
  expect(report.scan).toMatchObject({
    type: "sast",
    status: "failure",
    start_time: "2026-01-02T03:04:05",
    end_time: "2026-01-02T03:04:05",
    analyzer: { id: "tguard", version: "1.2.3", vendor: { name: "tguard" } },
    scanner: { id: "tguard" },
  });
  const first = report.vulnerabilities.find((v: { severity: string }) => v.severity === "High");
  expect(first).toMatchObject({
    id: expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    severity: "High",
    location: { file: "my app/Docker#file ü", start_line: 1 },
  });
  expect(first.identifiers).toContainEqual(expect.objectContaining({ type: "cwe", value: "250" }));
});

test("junit: numbers agree with the cases, a clean source passes", () => {
  const xml = parseXml(formatJunit(fullReport));
  const suites = xml.children.filter(({ name }) => name === "testsuite");
  const cases = suites.flatMap(({ children }) => children);
  const failures = cases.filter(({ children }) => children[0]?.name === "failure");
  expect(xml.attributes["tests"]).toBe(String(cases.length));
  expect(xml.attributes["failures"]).toBe(String(failures.length));
  expect(suites.map(({ attributes }) => attributes["name"])).toContain("my app/Docker#file ü");
  expect(cases.some(({ children }) => children[0]?.name === "error")).toBe(true);
  expect(formatJunit(empty)).toContain('tests="0"');
});

test("checkstyle: findings by file", () => {
  const xml = parseXml(formatCheckstyle(fullReport));
  const file = xml.children.find(({ attributes }) => attributes["name"] === "my app/Docker#file ü");
  const errors = file?.children.map(({ attributes }) => attributes);
  expect(errors).toContainEqual(
    expect.objectContaining({ severity: "error", source: "DF9001", line: "1", column: "6" }),
  );
});

test("sonar: every issue has its rule, ranges count from 0", () => {
  const { rules, issues } = JSON.parse(formatSonar(fullReport));
  const ids = new Set(rules.map((rule: { id: string }) => rule.id));
  for (const issue of issues) expect(ids).toContain(issue.ruleId);
  const debian = issues.find((issue: { ruleId: string }) => issue.ruleId === "DF9001");
  expect(debian.primaryLocation.textRange).toEqual({
    startLine: 1,
    endLine: 1,
    startColumn: 5,
    endColumn: 11,
  });
});

test("markdown: text stays text", () => {
  const rule = textRule({ id: "DF9001", references: [] }, "x");
  const report = reportOf({ "a|b`<img>@all": "FROM x\n" }, [rule]);
  const text = formatMarkdown(report);
  expect(text).toContain("### `` a|b`<img>@all ``");
  expect(text).toContain("| 1 | medium | DF9001 test-rule |");
  const noisy = { ...rule, meta: { ...rule.meta, name: "t" } };
  const spoken = reportOf({ a: "FROM x\n" }, [
    {
      ...noisy,
      check: (_, tell, options) => {
        void options;
        tell({ start: 0, end: 4 }, "a|b <b> @me `c` [l](u)");
      },
    },
  ]);
  expect(formatMarkdown(spoken)).not.toMatch(/<b>|@me|\[l\]\(u\)/);
});

describe("html", () => {
  const page = formatHtml(fullReport, { version: "1.2.3", now });

  test("one page that asks for nothing from elsewhere", () => {
    expect(page).toMatch(/^<!DOCTYPE html>/);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<(?:link|img|iframe|script src)|@import|url\(/);
    expect(page.match(/<article /g)?.length).toBe(page.match(/data-rule=/g)?.length);
  });

  test("ids are unique", () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("whatever a file says is text", () => {
    const rule = textRule({ id: "DF9001", name: "has-x" }, "x");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (name, more) => {
        const source = `FROM x\n# <script>alert(1)</script> ${more}\nRUN x "${more}"\n`;
        const text = formatHtml(reportOf({ [`<b>${name}`]: source }, [rule]), {
          version: "1",
          now,
        });
        expect(text.match(/<script/g)?.length).toBe(1);
        expect(text).not.toContain("<b><");
        expect(text).not.toContain("alert(1)</script>");
      }),
      { numRuns: 50 },
    );
  });

  test("an empty report is a page too", () => {
    expect(formatHtml(empty, { version: "1", now })).toContain("Nothing to show.");
  });
});

test("docs/audit.md names every format", async () => {
  const { formats } = await import("../../src/audit/formats.ts");
  const docs = readFileSync(new URL("../../docs/audit.md", import.meta.url), "utf8");
  for (const format of formats) expect(docs).toContain(`\`${format}\``);
});
