import type { Finding, Severity } from "./finding.ts";
import type { Rule, Targets } from "./rule.ts";
import { type OptionValues, optionReader } from "./rule-options.ts";

/** A rule that threw: its check did not happen, so the source was not fully audited. */
export interface RuleFailure {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly error: unknown;
}

/** What the rules said about one model. */
export interface RuleRun {
  /** In source order, then by rule id; no two are the same. */
  readonly findings: readonly Finding[];
  readonly failures: readonly RuleFailure[];
}

/** Severities that replace those of the rules' `meta`, by rule id. */
export type SeverityOverrides = ReadonlyMap<string, Severity>;

const noOverrides: SeverityOverrides = new Map();

/** What a configuration sets for the options of rules, by rule id. */
export type OptionOverrides = ReadonlyMap<string, OptionValues>;

const noOptions: OptionOverrides = new Map();

/** Run every rule made for `target` over one parsed source. Pure, as the rules are; never throws. */
export function runRules<T extends keyof Targets>(
  target: T,
  model: Targets[T],
  rules: readonly Rule[],
  overrides: SeverityOverrides = noOverrides,
  options: OptionOverrides = noOptions,
): RuleRun {
  const findings: Finding[] = [];
  const failures: RuleFailure[] = [];
  for (const rule of rules) {
    const { meta } = rule;
    if (meta.target !== target) continue;
    const configured = overrides.get(meta.id);
    const before = findings.length;
    try {
      rule.check(
        model,
        (span, message, details) => {
          const severity = configured ?? details?.severity ?? meta.severity;
          findings.push({ ...details, ruleId: meta.id, severity, message, span });
        },
        optionReader(meta.name, meta.options, options.get(meta.id)),
      );
    } catch (error) {
      // Half of a rule's answer could mislead as much as none: the failure stands for it.
      findings.length = before;
      failures.push({ ruleId: meta.id, ruleName: meta.name, error });
    }
  }
  return { findings: sortFindings(findings), failures };
}

/** Order by place, then rule, then message; of findings equal in all of these keep the first. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const sorted = [...findings].sort(compareFindings);
  return sorted.filter((finding, i) => {
    const previous = sorted[i - 1];
    return previous === undefined || compareFindings(previous, finding) !== 0;
  });
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    a.span.start - b.span.start ||
    a.span.end - b.span.end ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.message, b.message)
  );
}

/** Code unit order: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
