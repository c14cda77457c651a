import { maskedText } from "../audit/mask.ts";
import {
  type AuditedSource,
  type AuditReport,
  aliasesIn,
  isOpen,
  type ReportedFinding,
} from "../audit/result.ts";
import type { RuleMeta, Targets } from "../audit/rule.ts";
import { lineStarts, positionAt } from "../base/text.ts";
import { excerpt } from "./excerpt.ts";
import { printable, wrap } from "./printable.ts";
import { type Style, styleFor } from "./style.ts";
import { formatSummary, summarize } from "./summary.ts";

/** How a table is to look. */
export interface TableOptions {
  readonly isColoured: boolean;
  /** Terminal columns. */
  readonly columns: number;
  /** One line a finding, `path:line:column severity ID name: message`, and nothing else. */
  readonly isQuiet: boolean;
}

type Rules = ReadonlyMap<string, RuleMeta<keyof Targets>>;

/** Write a report for people: findings by source, each with its place in the text and what to do. */
export function formatTable(report: AuditReport, options: TableOptions): string {
  const style = styleFor(options.isColoured);
  const rules: Rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const nameOf = namer(rules, report.alias);
  let output = "";
  for (const source of report.sources) {
    const findings = source.findings.filter(isOpen);
    if (findings.length === 0) continue;
    output += options.isQuiet
      ? formatLines(source, findings, nameOf)
      : formatSource(source, findings, rules, nameOf, options, style);
  }
  if (options.isQuiet) return output;
  const summary = formatSummary(summarize(report), style.severity);
  return `${output}${summary}\n`;
}

/** Id and name of a rule, and what the tool that `alias` names calls it. */
type Namer = (ruleId: string) => string;

function namer(rules: Rules, alias: string | undefined): Namer {
  return (id) => {
    const rule = rules.get(id);
    const others = aliasesIn(rule, alias);
    const own = rule === undefined ? id : `${id} ${rule.name}`;
    return others.length === 0 ? own : `${own} (${others.join(", ")})`;
  };
}

function formatLines(
  source: AuditedSource,
  findings: readonly ReportedFinding[],
  nameOf: Namer,
): string {
  const starts = lineStarts(source.text);
  return findings
    .map(({ ruleId, severity, message, span }) => {
      const { line, column } = positionAt(starts, span.start);
      const place = `${printable(source.displayName)}:${line}:${column}`;
      return `${place} ${severity} ${nameOf(ruleId)}: ${printable(message)}\n`;
    })
    .join("");
}

function formatSource(
  source: AuditedSource,
  findings: readonly ReportedFinding[],
  rules: Rules,
  nameOf: Namer,
  options: TableOptions,
  style: Style,
): string {
  const text = maskedText(source);
  const starts = lineStarts(text);
  const blocks = findings.map((finding) =>
    formatFinding(
      finding,
      text,
      starts,
      rules.get(finding.ruleId),
      nameOf(finding.ruleId),
      options,
      style,
    ),
  );
  return `${style.underline(style.bold(printable(source.displayName)))}\n\n${blocks.join("\n")}\n`;
}

function formatFinding(
  { severity, message, span, related = [] }: ReportedFinding,
  text: string,
  starts: readonly number[],
  rule: RuleMeta<keyof Targets> | undefined,
  name: string,
  { columns }: TableOptions,
  style: Style,
): string {
  const { line, column } = positionAt(starts, span.start);
  const lines = [
    `  ${style.severity(severity, severity.padEnd(8))}  ${style.bold(name)}  ${style.dim(`${line}:${column}`)}`,
    ...wrap(printable(message), columns - 4).map((l) => `    ${l}`),
  ];
  const lastLine = Math.max(line, ...related.map((r) => positionAt(starts, r.span.start).line)) + 2;
  const gutter = Math.max(5, String(lastLine).length);
  const bar = `${" ".repeat(gutter)} |`;
  const draw = (at: typeof span, paint: (text: string) => string): void => {
    const { lines: shown, omitted } = excerpt(text, starts, at, columns - gutter - 7);
    for (const { number, text: drawn, underline } of shown) {
      lines.push(`    ${style.dim(`${String(number).padStart(gutter)} |`)} ${drawn}`.trimEnd());
      lines.push(`    ${style.dim(bar)} ${paintMarks(underline, paint)}`);
    }
    if (omitted > 0) {
      const rest = omitted === 1 ? "1 more line" : `${omitted} more lines`;
      lines.push(`    ${style.dim(`${bar} (${rest})`)}`);
    }
  };
  draw(span, (marks) => style.severity(severity, marks));
  for (const other of related) {
    for (const l of wrap(`${printable(other.message)}:`, columns - 6)) lines.push(`    ${l}`);
    draw(other.span, style.cyan);
  }
  if (rule !== undefined) {
    const [first = "", ...rest] = wrap(printable(firstSentence(rule.howToFix)), columns - 9);
    lines.push(`    ${style.green("fix:")} ${first}`, ...rest.map((l) => `         ${l}`));
  }
  return `${lines.join("\n")}\n`;
}

/** Colour the tildes, not the blanks before them. */
function paintMarks(underline: string, paint: (text: string) => string): string {
  const start = underline.indexOf("~");
  return underline.slice(0, start) + paint(underline.slice(start));
}

/** First sentence of a Markdown text, code fences and line breaks gone. */
export function firstSentence(markdown: string): string {
  const paragraph = markdown.split(/\n\s*\n|\n```/)[0] ?? "";
  const text = paragraph.replace(/\s+/g, " ").trim();
  // A full stop ends a sentence before a blank and a capital; `e.g. this` and `v1.2` go on.
  return /^.*?[.!?](?= [A-Z`]|$)/.exec(text)?.[0] ?? text;
}
