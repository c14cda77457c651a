import type { AuditReport } from "../audit/result.ts";
import { type FlatFinding, flatFindings, pathOf, sentence } from "./flat.ts";
import { printable } from "./printable.ts";
import { formatSummary, summarize } from "./summary.ts";

/** A report for a comment on a pull request or a job summary: a table for each source, worst things said first. */
export function formatMarkdown(report: AuditReport): string {
  const bySource = new Map<string, FlatFinding[]>();
  for (const flat of flatFindings(report)) {
    const path = pathOf(flat.source);
    const known = bySource.get(path);
    if (known === undefined) bySource.set(path, [flat]);
    else known.push(flat);
  }
  const parts = [...bySource].map(
    ([path, flats]) => `### ${code(path)}

| line | severity | rule | what |
|---:|---|---|---|
${flats.map(row).join("\n")}
`,
  );
  const notes = report.notifications.map(({ level, message, where }) => {
    const place = where === undefined ? "" : ` (${code(where)})`;
    return `- **${level}**: ${cell(sentence(message))}${place}\n`;
  });
  return [
    `## tguard audit\n\n${formatSummary(summarize(report))}\n`,
    ...parts,
    ...(notes.length > 0 ? [notes.join("")] : []),
  ].join("\n");
}

function row({ finding, rule, label, start }: FlatFinding): string {
  const [reference] = rule?.references ?? [];
  const name = `${label} ${rule?.name ?? ""}`.trim();
  const linked = reference === undefined ? cell(name) : `[${cell(name)}](${reference})`;
  return `| ${start.line} | ${finding.severity} | ${linked} | ${cell(sentence(finding.message))} |`;
}

/** Text in a cell: no mark-up of its own, no HTML, no mention of people (`@name`), on one line. */
function cell(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]<>()#+!|~&]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replaceAll("@", "&#64;");
}

/** Text as code: in a fence longer than any run of backticks in it. */
function code(text: string): string {
  const shown = printable(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return longest === 0 ? `\`${shown}\`` : `${ticks} ${shown} ${ticks}`;
}
