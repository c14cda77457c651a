import { isComplete } from "../audit/exit-status.ts";
import type { Confidence, Severity } from "../audit/finding.ts";
import { fingerprints } from "../audit/fingerprint.ts";
import { maskedText } from "../audit/mask.ts";
import {
  type AuditedSource,
  type AuditReport,
  aliasesIn,
  type Notification,
  type ReportedFinding,
} from "../audit/result.ts";
import type { RuleMeta, Targets } from "../audit/rule.ts";
import { type Level, levelOf } from "../audit/severity.ts";
import { lineStarts, type Position, positionAt, type Span } from "../base/text.ts";
import { type Summary, summarize } from "./summary.ts";

/**
 * Version of the JSON report's shape: the first number changes when a reader must change, the second when a field is
 * added. The shape is in docs/audit-report.schema.json, against which tests hold it.
 */
export const jsonReportVersion = "1.1";

/** The JSON report. */
export interface JsonReport {
  readonly version: string;
  readonly tool: { readonly name: "tguard"; readonly version: string };
  /** False when something was not audited; `notifications` of level `error` say what. */
  readonly complete: boolean;
  readonly summary: Summary;
  readonly sources: readonly JsonSource[];
  readonly rules: readonly JsonRule[];
  readonly notifications: readonly Notification[];
}

/** One audited file or image. */
export interface JsonSource {
  readonly path: string;
  readonly uri: string;
  readonly target: keyof Targets;
  readonly findings: readonly JsonFinding[];
}

/** A place: lines and columns count from 1, columns in UTF-16 code units; `end` is exclusive. */
export interface JsonRange {
  readonly start: Position;
  readonly end: Position;
}

/** One finding. */
export interface JsonFinding extends JsonRange {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly severity: Severity;
  readonly level: Level;
  readonly message: string;
  /** Text of the range, secrets masked, at most 1,000 code units. */
  readonly text: string;
  readonly fingerprint: string;
  readonly suppressed: boolean;
  /** Known from the baseline. */
  readonly known: boolean;
  /** Ids in the tool that `--alias` names. */
  readonly aliases?: readonly string[];
  readonly suppression?: { readonly line: number; readonly reason?: string };
  readonly related?: readonly (JsonRange & { readonly message: string })[];
  readonly fix?: {
    readonly title: string;
    readonly safe: boolean;
    readonly edits: readonly (JsonRange & { readonly text: string })[];
  };
}

/** A rule that ran. */
export interface JsonRule {
  readonly id: string;
  readonly name: string;
  readonly target: keyof Targets;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly summary: string;
  readonly howToFix: string;
  readonly cwe: readonly string[];
  readonly aliases: readonly string[];
  readonly references: readonly string[];
}

const maxText = 1000;

/** Write a report for programs, two blanks deep, with a line end. */
export function formatJson(report: AuditReport, toolVersion: string): string {
  const rules: Rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const json: JsonReport = {
    version: jsonReportVersion,
    tool: { name: "tguard", version: toolVersion },
    complete: isComplete(report),
    summary: summarize(report),
    sources: report.sources.map((source) => jsonSource(source, rules, report.alias)),
    rules: report.rules.map(jsonRule),
    notifications: report.notifications,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

type Rules = ReadonlyMap<string, RuleMeta<keyof Targets>>;

/** One source as the JSON report has it. */
export function jsonSource(
  source: AuditedSource,
  rules: Rules,
  alias: string | undefined,
): JsonSource {
  const text = maskedText(source);
  const starts = lineStarts(text);
  const keys = fingerprints(text, source.findings);
  const range = ({ start, end }: Span): JsonRange => ({
    start: positionAt(starts, start),
    end: positionAt(starts, end),
  });
  return {
    path: source.displayName,
    uri: source.uri,
    target: source.target,
    findings: source.findings.map((finding, i) => jsonFinding(finding, keys[i] ?? "")),
  };

  function jsonFinding(finding: ReportedFinding, fingerprint: string): JsonFinding {
    const { ruleId, severity, message, span, suppression, related, fix } = finding;
    const rule = rules.get(ruleId);
    const aliases = aliasesIn(rule, alias);
    return {
      ruleId,
      ruleName: rule?.name ?? ruleId,
      severity,
      level: levelOf(severity),
      message,
      ...range(span),
      text: text.slice(span.start, Math.min(span.end, span.start + maxText)),
      fingerprint,
      suppressed: suppression !== undefined,
      known: finding.isKnown === true,
      ...(aliases.length > 0 && { aliases }),
      ...(suppression && {
        suppression: {
          line: positionAt(starts, suppression.span.start).line,
          ...(suppression.reason !== undefined && { reason: suppression.reason }),
        },
      }),
      ...(related && {
        related: related.map((r) => ({ message: r.message, ...range(r.span) })),
      }),
      ...(fix && {
        fix: {
          title: fix.title,
          safe: fix.safe,
          edits: fix.edits.map((e) => ({ ...range(e.span), text: e.text })),
        },
      }),
    };
  }
}

function jsonRule(meta: RuleMeta<keyof Targets>): JsonRule {
  const { id, name, target, severity, confidence, summary, howToFix, cwe, aliases, references } =
    meta;
  return { id, name, target, severity, confidence, summary, howToFix, cwe, aliases, references };
}
