import { createHash } from "node:crypto";
import { isComplete } from "../audit/exit-status.ts";
import type { Confidence, Severity } from "../audit/finding.ts";
import type { AuditReport } from "../audit/result.ts";
import { type FlatFinding, flatFindings, pathOf, sentence } from "./flat.ts";

const codeQualitySeverity: Readonly<Record<Severity, string>> = {
  critical: "blocker",
  high: "critical",
  medium: "major",
  low: "minor",
  info: "info",
};

/** GitLab's code quality report (docs.gitlab.com, "Code Quality", report format): a JSON list of issues. */
export function formatGitlabCodeQuality(report: AuditReport): string {
  const issues = [...flatFindings(report)].map((flat) => ({
    description: `${flat.label}: ${sentence(flat.finding.message)}`,
    check_name: flat.rule?.name ?? flat.finding.ruleId,
    fingerprint: placedFingerprint(flat),
    severity: codeQualitySeverity[flat.finding.severity],
    location: {
      path: pathOf(flat.source),
      lines: { begin: flat.start.line, end: flat.end.line },
    },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}

/** GitLab compares fingerprints over all files at once. */
function placedFingerprint({ source, fingerprint }: FlatFinding): string {
  return createHash("sha256").update(`${source.uri}\0${fingerprint}`).digest("hex").slice(0, 40);
}

const sastSeverity: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  info: "Info",
};

const sastConfidence: Readonly<Record<Confidence, string>> = {
  high: "High",
  medium: "Medium",
  low: "Low",
};

/** Version of GitLab's security report schemas that the report follows. */
const sastVersion = "15.2.1";

/**
 * GitLab's SAST report (gitlab.com/gitlab-org/security-products/security-report-schemas, sast-report-format.json).
 * @param now of the scan: the schema asks for its start and end.
 */
export function formatGitlabSast(report: AuditReport, toolVersion: string, now: Date): string {
  const time = now.toISOString().slice(0, 19);
  const tool = {
    id: "tguard",
    name: "tguard",
    version: toolVersion,
    vendor: { name: "tguard" },
  };
  const scan = {
    analyzer: tool,
    scanner: tool,
    type: "sast",
    start_time: time,
    end_time: time,
    status: isComplete(report) ? "success" : "failure",
    messages: report.notifications.map(({ level, message }) => ({
      level: level === "error" ? "fatal" : level === "warning" ? "warn" : "info",
      value: message,
    })),
  };
  const vulnerabilities = [...flatFindings(report)].map(vulnerability);
  return `${JSON.stringify({ version: sastVersion, scan, vulnerabilities }, null, 2)}\n`;
}

function vulnerability(flat: FlatFinding): object {
  const { source, finding, rule, start, end } = flat;
  const hash = placedFingerprint(flat);
  return {
    // The schema asks for a UUID; this one is made from the finding, so that it stays the same (RFC 9562, version 8).
    id: `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`,
    name: rule?.summary ?? finding.ruleId,
    description: sentence(finding.message),
    severity: sastSeverity[finding.severity],
    ...(rule !== undefined && {
      confidence: sastConfidence[rule.confidence],
      solution: rule.howToFix.slice(0, 7000),
    }),
    location: { file: pathOf(source), start_line: start.line, end_line: end.line },
    identifiers: [
      {
        type: "tguard_rule_id",
        name: `${finding.ruleId} ${rule?.name ?? ""}`.trim(),
        value: finding.ruleId,
      },
      ...(rule?.cwe ?? []).map((cwe) => ({
        type: "cwe",
        name: cwe,
        value: cwe.slice("CWE-".length),
        url: `https://cwe.mitre.org/data/definitions/${cwe.slice("CWE-".length)}.html`,
      })),
    ],
    links: (rule?.references ?? []).map((url) => ({ url })),
  };
}
