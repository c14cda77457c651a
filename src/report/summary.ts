import type { Severity } from "../audit/finding.ts";
import { type AuditReport, isOpen } from "../audit/result.ts";
import { severities } from "../audit/severity.ts";

/** Numbers that every format ends with. */
export interface Summary {
  readonly sources: number;
  /** Without the suppressed ones. */
  readonly findings: number;
  readonly suppressed: number;
  /** Known from the baseline, and not suppressed. */
  readonly known: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

/** Count what a report holds. */
export function summarize({ sources }: AuditReport): Summary {
  const bySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  let findings = 0;
  let suppressed = 0;
  let known = 0;
  for (const source of sources) {
    for (const finding of source.findings) {
      if (finding.suppression !== undefined) suppressed++;
      else if (!isOpen(finding)) known++;
      else {
        findings++;
        bySeverity[finding.severity]++;
      }
    }
  }
  return { sources: sources.length, findings, suppressed, known, bySeverity };
}

/** `12 findings in 3 files: 1 critical, 4 high, 7 low; 2 suppressed`; `paint` may colour each count. */
export function formatSummary(
  { sources, findings, suppressed, known, bySeverity }: Summary,
  paint: (severity: Severity, text: string) => string = (_, text) => text,
): string {
  const counts = severities
    .filter((severity) => bySeverity[severity] > 0)
    .map((severity) => paint(severity, `${bySeverity[severity]} ${severity}`));
  if (sources === 0) return "nothing was audited";
  const head = `${findings === 0 ? "no findings" : count(findings, "finding")} in ${count(sources, "source")}`;
  return [
    counts.length === 0 ? head : `${head}: ${counts.join(", ")}`,
    ...(suppressed === 0 ? [] : [`${suppressed} suppressed`]),
    ...(known === 0 ? [] : [`${known} in the baseline`]),
  ].join("; ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
