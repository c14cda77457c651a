import type { AuditReport } from "../audit/result.ts";
import { type Level, levelOf } from "../audit/severity.ts";
import { flatFindings, pathOf } from "./flat.ts";
import { xmlAttributes } from "./xml.ts";

const severities: Readonly<Record<Level, string>> = {
  error: "error",
  warning: "warning",
  note: "info",
};

/** Checkstyle's XML (version 4.3, as hadolint writes it): findings by file. */
export function formatCheckstyle(report: AuditReport): string {
  const byFile = new Map<string, string[]>();
  for (const source of report.sources) byFile.set(pathOf(source), []);
  for (const { source, finding, label, start } of flatFindings(report)) {
    const attributes = xmlAttributes({
      line: start.line,
      column: start.column,
      severity: severities[levelOf(finding.severity)],
      message: finding.message,
      source: label,
    });
    byFile.get(pathOf(source))?.push(`    <error${attributes}/>\n`);
  }
  const files = [...byFile].map(
    ([name, errors]) => `  <file${xmlAttributes({ name })}>\n${errors.join("")}  </file>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n${files.join("")}</checkstyle>\n`;
}
