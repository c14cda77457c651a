import type { AuditReport } from "../audit/result.ts";
import { jsonSource } from "./json.ts";
import { summarize } from "./summary.ts";

/**
 * A report as JSON lines: a `finding` each, with the path of its source, then the `notification`s, then one `summary`.
 * The fields of a finding are those of the JSON report.
 */
export function formatNdjson(report: AuditReport): string {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const lines: string[] = [];
  for (const source of report.sources) {
    if (source.findings.length === 0) continue;
    const { findings, ...place } = jsonSource(source, rules, report.alias);
    for (const finding of findings)
      lines.push(JSON.stringify({ type: "finding", ...place, ...finding }));
  }
  for (const notification of report.notifications)
    lines.push(JSON.stringify({ type: "notification", ...notification }));
  lines.push(JSON.stringify({ type: "summary", ...summarize(report) }));
  return `${lines.join("\n")}\n`;
}
