import { fingerprints } from "../audit/fingerprint.ts";
import { maskedText } from "../audit/mask.ts";
import {
  type AuditedSource,
  type AuditReport,
  aliasesIn,
  isOpen,
  type ReportedFinding,
} from "../audit/result.ts";
import type { RuleMeta, Targets } from "../audit/rule.ts";
import { lineStarts, type Position, positionAt } from "../base/text.ts";

/** A finding with all that line-oriented formats ask for. */
export interface FlatFinding {
  readonly source: AuditedSource;
  readonly finding: ReportedFinding;
  readonly rule: RuleMeta<keyof Targets> | undefined;
  /** Id, and what the tool of `--alias` calls it. */
  readonly label: string;
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
  readonly fingerprint: string;
}

/** Open findings of a report in its order. */
export function* flatFindings(report: AuditReport): Generator<FlatFinding> {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  for (const source of report.sources) {
    if (source.findings.length === 0) continue;
    const text = maskedText(source);
    const starts = lineStarts(text);
    const keys = fingerprints(text, source.findings);
    for (const [i, finding] of source.findings.entries()) {
      if (!isOpen(finding)) continue;
      const rule = rules.get(finding.ruleId);
      const others = aliasesIn(rule, report.alias);
      yield {
        source,
        finding,
        rule,
        label: [finding.ruleId, ...others].join("/"),
        start: positionAt(starts, finding.span.start),
        end: positionAt(starts, finding.span.end),
        fingerprint: keys[i] ?? "",
      };
    }
  }
}

/** Path of a source as other programs want it: relative to the root, percent encoding taken off; else as it was named. */
export function pathOf({ uri, displayName }: AuditedSource): string {
  return uri.startsWith("file:") || uri === "stdin" ? displayName : decodeURIComponent(uri);
}

/** A sentence: the message with a capital and a full stop. */
export function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
