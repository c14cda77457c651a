import type { Severity } from "../audit/finding.ts";
import type { AuditReport } from "../audit/result.ts";
import { type FlatFinding, flatFindings, pathOf, sentence } from "./flat.ts";

/** SonarQube's impact severities (docs.sonarsource.com, "Generic formatted issue reports", from 10.3). */
const impact: Readonly<Record<Severity, string>> = {
  critical: "BLOCKER",
  high: "HIGH",
  medium: "MEDIUM",
  low: "LOW",
  info: "INFO",
};

/** SonarQube's generic issue import: the rules that found something, and the issues. */
export function formatSonar(report: AuditReport): string {
  const flats = [...flatFindings(report)];
  const used = new Set(flats.map(({ finding }) => finding.ruleId));
  const rules = report.rules
    .filter(({ id }) => used.has(id))
    .map((rule) => {
      const softwareQuality = rule.cwe.length > 0 ? "SECURITY" : "MAINTAINABILITY";
      return {
        id: rule.id,
        name: rule.summary,
        description: `${rule.why} ${rule.howToFix}`,
        engineId: "tguard",
        cleanCodeAttribute: softwareQuality === "SECURITY" ? "TRUSTWORTHY" : "CONVENTIONAL",
        impacts: [{ softwareQuality, severity: impact[rule.severity] }],
      };
    });
  return `${JSON.stringify({ rules, issues: flats.map(issue) }, null, 2)}\n`;
}

function issue({ source, finding, start, end }: FlatFinding): object {
  // Sonar counts columns from 0, and refuses a range that is empty.
  const isRange = end.line > start.line || end.column > start.column;
  return {
    ruleId: finding.ruleId,
    primaryLocation: {
      message: sentence(finding.message),
      filePath: pathOf(source),
      textRange: {
        startLine: start.line,
        ...(isRange && {
          endLine: end.line,
          startColumn: start.column - 1,
          endColumn: end.column - 1,
        }),
      },
    },
  };
}
