import { createHash } from "node:crypto";
import { maskedText } from "../audit/mask.ts";
import type { AuditedSource, AuditReport } from "../audit/result.ts";
import { languageOf, type RuleMeta, type Targets } from "../audit/rule.ts";
import { severities } from "../audit/severity.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import { type FlatFinding, flatFindings, pathOf, sentence } from "./flat.ts";
import { highlight, htmlText } from "./html-source.ts";
import { htmlScript, htmlStyle } from "./html-style.ts";
import { formatSummary, type Summary, summarize } from "./summary.ts";

/** What the page says about itself. */
export interface PageFacts {
  readonly version: string;
  readonly now: Date;
}

/** Lines of the source around a finding. */
const contextLines = 3;
/** A page with more would be too heavy for a browser; the worst are kept. */
const maxFindings = 5000;
/** Longest line that is shown. */
const maxColumns = 2000;

/**
 * A report as one page: no file, font or script from elsewhere, and a content security policy that holds it to that.
 * Everything that comes from the audited files is text.
 */
export function formatHtml(report: AuditReport, { version, now }: PageFacts): string {
  const all = [...flatFindings(report)];
  const shown = worst(all);
  const bySource = new Map<AuditedSource, FlatFinding[]>();
  for (const flat of shown) {
    const list = bySource.get(flat.source);
    if (list === undefined) bySource.set(flat.source, [flat]);
    else list.push(flat);
  }
  let number = 0;
  const sections = [...bySource].map(([source, flats]) =>
    sourceSection(
      source,
      flats.map((flat) => ({ flat, id: ++number })),
    ),
  );
  const summary = summarize(report);
  const hash = createHash("sha256").update(htmlScript).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const left = all.length - shown.length;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tguard audit: ${htmlText(formatSummary(summary))}</title>
<style>${htmlStyle}</style>
</head>
<body>
<header>
<h1>tguard audit</h1>
<p>${htmlText(formatSummary(summary))}</p>
${summaryBar(summary)}
${left > 0 ? `<p>The ${shown.length} worst are shown; ${left} milder ones are in the other formats.</p>\n` : ""}${notes(report)}</header>
<main>
${filters(summary, shown)}
${sections.join("\n")}${sections.length === 0 ? "<p>Nothing to show.</p>" : ""}
</main>
<footer class="dim">tguard ${htmlText(version)}, ${now.toISOString().slice(0, 16).replace("T", " ")} UTC. Keys: <kbd>j</kbd> next, <kbd>k</kbd> previous, <kbd>o</kbd> open details, <kbd>/</kbd> search.</footer>
<script>${htmlScript}</script>
</body>
</html>
`;
}

function worst(all: readonly FlatFinding[]): readonly FlatFinding[] {
  if (all.length <= maxFindings) return all;
  const rank = ({ finding }: FlatFinding): number => severities.indexOf(finding.severity);
  const kept = new Set([...all].sort((a, b) => rank(a) - rank(b)).slice(0, maxFindings));
  return all.filter((flat) => kept.has(flat));
}

/** The picture: a bar whose parts are as long as there are findings of a severity. */
function summaryBar({ findings, bySeverity }: Summary): string {
  if (findings === 0) return "";
  const parts = severities
    .filter((severity) => bySeverity[severity] > 0)
    .map((severity) => {
      const count = bySeverity[severity];
      return `<span class="${severity}" style="flex: ${count}" title="${count} ${severity}">${count} ${severity}</span>`;
    });
  return `<div class="bar" role="img" aria-label="findings by severity">${parts.join("")}</div>`;
}

function notes({ notifications }: AuditReport): string {
  if (notifications.length === 0) return "";
  const items = notifications.map(({ level, message, where, hint }) => {
    const place = where === undefined ? "" : ` <code>${htmlText(where)}</code>`;
    const help = hint === undefined ? "" : ` <span class="dim">${htmlText(sentence(hint))}</span>`;
    return `<li><b>${level}</b>: ${htmlText(sentence(message))}${place}${help}</li>`;
  });
  return `<ul>${items.join("")}</ul>\n`;
}

function filters({ bySeverity }: Summary, flats: readonly FlatFinding[]): string {
  const rules = new Map(flats.map(({ finding, rule }) => [finding.ruleId, rule?.name ?? ""]));
  const boxes = severities
    .filter((severity) => bySeverity[severity] > 0)
    .map(
      (severity) =>
        `<label class="${severity}"><input type="checkbox" value="${severity}" checked> <b>${severity}</b></label>`,
    );
  const options = [...rules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, name]) => `<option value="${htmlText(id)}">${htmlText(`${id} ${name}`)}</option>`);
  return `<form hidden aria-label="filters">
<fieldset><legend>Severity</legend>${boxes.join("")}</fieldset>
<select name="rule" aria-label="rule"><option value="">all rules</option>${options.join("")}</select>
<input type="search" name="q" placeholder="search findings" aria-label="search findings">
<output id="shown" class="dim" aria-live="polite"></output>
</form>`;
}

interface Numbered {
  readonly flat: FlatFinding;
  readonly id: number;
}

function sourceSection(source: AuditedSource, findings: readonly Numbered[]): string {
  const text = maskedText(source);
  const starts = lineStarts(text);
  const endingOn = new Map<number, Numbered[]>();
  const touching = new Map<number, Numbered[]>();
  const add = (lines: Map<number, Numbered[]>, line: number, item: Numbered): void => {
    const list = lines.get(line);
    if (list === undefined) lines.set(line, [item]);
    else list.push(item);
  };
  for (const item of findings) {
    const last = lastLineOf(starts, item.flat.finding.span);
    add(endingOn, last, item);
    for (let line = item.flat.start.line; line <= last; line++) add(touching, line, item);
  }
  const rows: string[] = [];
  let next = 1;
  for (const { from, to } of windows(findings, starts)) {
    if (from > next) rows.push(gap(from - next));
    for (let line = from; line <= to; line++) {
      rows.push(sourceRow(source, text, starts, line, touching.get(line) ?? []));
      for (const item of endingOn.get(line) ?? []) rows.push(card(item));
    }
    next = to + 1;
  }
  if (next <= starts.length) rows.push(gap(starts.length - next + 1));
  const count = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  return `<section class="source" aria-label="${htmlText(pathOf(source))}"><div class="head"><h2>${htmlText(pathOf(source))}</h2><span class="dim">${count}</span></div><div class="src">${rows.join("\n")}</div></section>`;
}

/** Last line that a span covers, at most a few below its first: the card stands under what it is about. */
function lastLineOf(starts: readonly number[], { start, end }: Span): number {
  const first = positionAt(starts, start).line;
  const last = positionAt(starts, Math.max(start, end - 1)).line;
  return Math.min(last, first + 10);
}

/** Ranges of lines to show, from 1, in order, those that touch joined. */
function windows(
  findings: readonly Numbered[],
  starts: readonly number[],
): readonly { readonly from: number; readonly to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const { flat } of findings) {
    const from = Math.max(1, flat.start.line - contextLines);
    const to = Math.min(starts.length, lastLineOf(starts, flat.finding.span) + contextLines);
    const last = ranges.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else ranges.push({ from, to });
  }
  return ranges;
}

const gap = (lines: number): string =>
  `<div class="gap">${lines === 1 ? "1 line" : `${lines} lines`} not shown</div>`;

function sourceRow(
  { target }: AuditedSource,
  text: string,
  starts: readonly number[],
  line: number,
  findings: readonly Numbered[],
): string {
  const start = starts[line - 1] ?? 0;
  const whole = text.slice(start, (starts[line] ?? text.length + 1) - 1).replace(/\r$/, "");
  const content = whole.slice(0, maxColumns);
  const marks = findings.flatMap(({ flat, id }) => {
    const { span, severity } = flat.finding;
    const from = Math.max(0, span.start - start);
    const to = Math.min(content.length, span.end - start);
    const isFirst = span.start >= start;
    return from < to ? [{ from, to, severity, id: isFirst ? `m${id}` : undefined }] : [];
  });
  const shown = highlight(content, languageOf(target), marks);
  const rest = whole.length > maxColumns ? '<span class="dim"> ...</span>' : "";
  return `<div class="row"><span class="n">${line}</span><span class="t">${shown}${rest}</span></div>`;
}

function card({ flat, id }: Numbered): string {
  const { finding, rule, label, start } = flat;
  const name = `${label} ${rule?.name ?? ""}`.trim();
  const search = htmlText(
    `${name} ${finding.severity} ${finding.message} ${pathOf(flat.source)}`.toLowerCase(),
  );
  const related = (finding.related ?? []).map(
    (r) => `<p class="dim">${htmlText(sentence(r.message))}</p>`,
  );
  return `<article id="f${id}" tabindex="0" class="${finding.severity}" data-severity="${finding.severity}" data-rule="${htmlText(finding.ruleId)}" data-search="${search}">
<p><span class="sev">${finding.severity}</span> <b>${htmlText(name)}</b> <span class="dim">line ${start.line}</span></p>
<p>${htmlText(sentence(finding.message))}</p>${related.join("")}
${rule === undefined ? "" : details(rule, finding.fix?.title)}</article>`;
}

function details(rule: RuleMeta<keyof Targets>, fix: string | undefined): string {
  const links = rule.references
    .map((url) => `<a href="${htmlText(url)}" rel="noreferrer">${htmlText(url)}</a>`)
    .join("<br>");
  const fixed =
    fix === undefined ? "" : `<p><b>tguard can do it:</b> ${htmlText(sentence(fix))}</p>`;
  return `<details><summary>Why, and how to fix it</summary>
<p>${markdown(rule.why)}</p><p>${markdown(rule.howToFix)}</p>${fixed}
<pre><code>${htmlText(rule.good.trimEnd())}</code></pre><p>${links}</p></details>`;
}

/** The little Markdown that rules use: code, and paragraphs. */
function markdown(text: string): string {
  return htmlText(text.trim())
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\n\s*\n/g, "</p><p>");
}
