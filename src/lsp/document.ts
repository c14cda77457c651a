import type { ReportedFinding } from "../audit/result.ts";
import { levelOf } from "../audit/severity.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";

/** A place as the protocol counts: from 0, in UTF-16 code units. */
export interface LspPosition {
  readonly line: number;
  readonly character: number;
}

export interface LspRange {
  readonly start: LspPosition;
  readonly end: LspPosition;
}

/** The protocol's DiagnosticSeverity. */
const severities = { error: 1, warning: 2, note: 3 } as const;

/** Offset of a place; a place beyond the text is its end. */
export function offsetAt(text: string, { line, character }: LspPosition): number {
  const starts = lineStarts(text);
  const start = starts[line];
  if (start === undefined) return text.length;
  const end = starts[line + 1] ?? text.length + 1;
  return Math.min(start + character, end - 1);
}

/** Range of a span. */
export function rangeOf(starts: readonly number[], { start, end }: Span): LspRange {
  const at = (offset: number): LspPosition => {
    const { line, column } = positionAt(starts, offset);
    return { line: line - 1, character: column - 1 };
  };
  return { start: at(start), end: at(end) };
}

/** A finding as the protocol's diagnostic. */
export function diagnosticOf(
  starts: readonly number[],
  uri: string,
  { ruleId, severity, message, span, related = [] }: ReportedFinding,
  rule: { readonly name: string; readonly references: readonly string[] } | undefined,
): object {
  const [href] = rule?.references ?? [];
  return {
    range: rangeOf(starts, span),
    severity: severities[levelOf(severity)],
    source: "tguard",
    code: rule === undefined ? ruleId : `${ruleId} ${rule.name}`,
    ...(href !== undefined && { codeDescription: { href } }),
    message,
    ...(related.length > 0 && {
      relatedInformation: related.map((other) => ({
        location: { uri, range: rangeOf(starts, other.span) },
        message: other.message,
      })),
    }),
  };
}
