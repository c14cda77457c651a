import type { AuditReport } from "../audit/result.ts";
import { type Level, levelOf } from "../audit/severity.ts";
import { flatFindings, pathOf } from "./flat.ts";

const commands: Readonly<Record<Level, string>> = {
  error: "error",
  warning: "warning",
  note: "notice",
};

/**
 * GitHub's workflow commands, which make annotations of a pull request (docs.github.com, "Workflow commands for
 * GitHub Actions"). GitHub shows ten of a kind in a step: SARIF has no such limit.
 */
export function formatGithub(report: AuditReport): string {
  let output = "";
  for (const { source, finding, rule, label, start, end } of flatFindings(report)) {
    const name = rule === undefined ? label : `${label} ${rule.name}`;
    const properties = {
      file: pathOf(source),
      line: start.line,
      endLine: end.line,
      // A column is shown only where the finding stays on its line.
      ...(start.line === end.line && { col: start.column, endColumn: end.column }),
      title: name,
    };
    output += command(commands[levelOf(finding.severity)], properties, finding.message);
  }
  for (const { level, message, hint, where } of report.notifications) {
    const text = [message, ...(hint === undefined ? [] : [hint])].join("; ");
    output += command(commands[level], { title: "tguard" }, where ? `${where}: ${text}` : text);
  }
  return output;
}

function command(
  name: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
    .join(",");
  return `::${name} ${list}::${escapeData(message)}\n`;
}

// As actions/toolkit, packages/core/src/command.ts, escapes them: a message must not begin another command.
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
