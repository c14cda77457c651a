import type { Finding, Severity } from "./finding.ts";
import type { OptionReader, Rule, Targets } from "./rule.ts";
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
  for (const { rule, reader } of readyRules(target, rules, options)) {
    const { meta } = rule;
    const configured = overrides.get(meta.id);
    const before = findings.length;
    try {
      rule.check(
        model,
        (span, message, details) => {
          const severity = configured ?? details?.severity ?? meta.severity;
          findings.push({ ...details, ruleId: meta.id, severity, message, span });
        },
        reader,
      );
    } catch (error) {
      // Half of a rule's answer could mislead as much as none: the failure stands for it.
      findings.length = before;
      failures.push({ ruleId: meta.id, ruleName: meta.name, error });
    }
  }
  return { findings: sortFindings(findings), failures };
}

interface ReadyRule {
  readonly rule: Rule;
  readonly reader: OptionReader;
}

const ready = new WeakMap<OptionOverrides, WeakMap<readonly Rule[], Map<string, ReadyRule[]>>>();

/** The rules for a target with their options; the same lists come for every source, so it is done once. */
function readyRules(
  target: keyof Targets,
  rules: readonly Rule[],
  options: OptionOverrides,
): readonly ReadyRule[] {
  const byRules = ready.get(options) ?? new WeakMap<readonly Rule[], Map<string, ReadyRule[]>>();
  ready.set(options, byRules);
  const byTarget = byRules.get(rules) ?? new Map<string, ReadyRule[]>();
  byRules.set(rules, byTarget);
  const known = byTarget.get(target);
  if (known !== undefined) return known;
  const made = rules
    .filter(({ meta }) => meta.target === target)
    .map((rule) => ({
      rule,
      reader: optionReader(rule.meta.name, rule.meta.options, options.get(rule.meta.id)),
    }));
  byTarget.set(target, made);
  return made;
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
