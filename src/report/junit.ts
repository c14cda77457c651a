import type { AuditReport } from "../audit/result.ts";
import { levelOf } from "../audit/severity.ts";
import { type FlatFinding, flatFindings, pathOf, sentence } from "./flat.ts";
import { xmlAttributes, xmlText } from "./xml.ts";

/**
 * JUnit's XML as CI servers read it: a test suite for each source, a failed test case for each finding, a passed one
 * for a clean source. Findings that are notes fail as well: `--fail-on` decides the exit status, not the report.
 */
export function formatJunit(report: AuditReport): string {
  const bySource = new Map<string, FlatFinding[]>();
  for (const flat of flatFindings(report)) {
    const known = bySource.get(flat.source.uri);
    if (known === undefined) bySource.set(flat.source.uri, [flat]);
    else known.push(flat);
  }
  const failures = [...bySource.values()].reduce((sum, list) => sum + list.length, 0);
  const errors = report.notifications.filter(({ level }) => level === "error");
  const suites = report.sources.map((source) => {
    const path = pathOf(source);
    const cases = bySource.get(source.uri) ?? [];
    const attributes = xmlAttributes({
      name: path,
      tests: Math.max(cases.length, 1),
      failures: cases.length,
      errors: 0,
    });
    const body =
      cases.length === 0
        ? `    <testcase${xmlAttributes({ classname: path, name: "no findings" })}/>\n`
        : cases.map((flat) => testCase(path, flat)).join("");
    return `  <testsuite${attributes}>\n${body}  </testsuite>\n`;
  });
  if (errors.length > 0) {
    const attributes = xmlAttributes({
      name: "tguard",
      tests: errors.length,
      failures: 0,
      errors: errors.length,
    });
    const body = errors.map(({ message, where = "", hint = "" }) => {
      const error = xmlAttributes({ message, type: "not-audited" });
      return `    <testcase${xmlAttributes({ classname: "tguard", name: where || message })}>\n      <error${error}>${xmlText(hint)}</error>\n    </testcase>\n`;
    });
    suites.push(`  <testsuite${attributes}>\n${body.join("")}  </testsuite>\n`);
  }
  const clean = report.sources.filter(({ uri }) => !bySource.has(uri)).length;
  const totals = xmlAttributes({
    name: "tguard audit",
    tests: failures + clean + errors.length,
    failures,
    errors: errors.length,
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${totals}>\n${suites.join("")}</testsuites>\n`;
}

function testCase(path: string, { finding, rule, label, start }: FlatFinding): string {
  const name = `${label} ${rule?.name ?? ""} (${start.line}:${start.column})`;
  const failure = xmlAttributes({
    message: finding.message,
    type: `${levelOf(finding.severity)}.${finding.severity}`,
  });
  const text = [
    `${path}:${start.line}:${start.column}: ${sentence(finding.message)}`,
    ...(rule === undefined ? [] : [rule.howToFix]),
  ].join("\n");
  return `    <testcase${xmlAttributes({ classname: path, name, file: path, line: start.line })}>
      <failure${failure}>${xmlText(text)}</failure>
    </testcase>\n`;
}
