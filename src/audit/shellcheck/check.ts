import type { Dockerfile } from "../dockerfile/model.ts";
import { type RuleRun, type SeverityOverrides, sortFindings } from "../engine.ts";
import type { Finding } from "../finding.ts";
import type { Rule } from "../rule.ts";
import { codesOf, type ShellCheckIndex, severityOfLevel } from "./rules.ts";
import { type Remark, runShellCheck, unwantedCodes } from "./run.ts";
import { type CheckableScript, checkableScripts, maxScripts, placer } from "./scripts.ts";

/** Where ShellCheck is used: where it is installed, whatever happens, or not. */
export const shellCheckModes = ["auto", "always", "never"] as const;

export type ShellCheckMode = (typeof shellCheckModes)[number];

export interface ShellCheckRequest {
  readonly program: string;
  readonly index: ShellCheckIndex;
  readonly rules: readonly Rule[];
  readonly isSelected: (rule: Rule) => boolean;
  readonly overrides: SeverityOverrides;
}

/** The run with ShellCheck's findings in place of our own about the same. */
export interface ShellCheckResult {
  readonly run: RuleRun;
  /** Rules of the findings, for the report. */
  readonly rules: readonly Rule[];
  /** False when the program is not installed; the run is as it was. */
  readonly isPresent: boolean;
  /** True when the file has more scripts than are checked. */
  readonly isCut: boolean;
}

/**
 * Ask ShellCheck about every RUN of a file.
 * @throws UserError when the program fails
 */
export async function checkShell(
  dockerfile: Dockerfile,
  own: RuleRun,
  request: ShellCheckRequest,
): Promise<ShellCheckResult> {
  const all = checkableScripts(dockerfile);
  const scripts = all.slice(0, maxScripts);
  const isCut = all.length > scripts.length;
  if (scripts.length === 0) return { run: own, rules: [], isPresent: true, isCut };
  const result = await runShellCheck(request.program, scripts);
  if (result.state === "absent") return { run: own, rules: [], isPresent: false, isCut };
  const { findings, rules } = findingsOf(result.remarks, scripts, request);
  const kept = withoutDoubles(own.findings, scripts, request);
  const run = { ...own, findings: sortFindings([...kept, ...findings]) };
  return { run, rules, isPresent: true, isCut };
}

function findingsOf(
  remarks: readonly Remark[],
  scripts: readonly CheckableScript[],
  { index, isSelected, overrides }: ShellCheckRequest,
): { readonly findings: readonly Finding[]; readonly rules: readonly Rule[] } {
  const places = scripts.map(placer);
  const rules = new Set<Rule>();
  const findings: Finding[] = [];
  for (const { script, code, level, message, from, to } of remarks) {
    const ruleId = `SC${code}`;
    const rule = index.ruleOfCode(ruleId, level);
    // Remarks about the line of declarations have no place in the file.
    const span = isSelected(rule) ? places[script]?.(from, to) : undefined;
    if (span === undefined) continue;
    rules.add(rule);
    const severity = overrides.get(ruleId) ?? severityOfLevel(level);
    findings.push({ ruleId, severity, message, span });
  }
  return { findings, rules: [...rules] };
}

/** Our own findings but those of rules whose every code ShellCheck looked for in that script. */
function withoutDoubles(
  findings: readonly Finding[],
  scripts: readonly CheckableScript[],
  { index, rules, isSelected }: ShellCheckRequest,
): readonly Finding[] {
  const stepBack = new Set<string>();
  for (const { meta } of rules) {
    const codes = codesOf(meta);
    const isCovered = codes.every(
      (id) => !unwantedCodes.has(Number(id.slice(2))) && isSelected(index.ruleOfCode(id)),
    );
    if (codes.length > 0 && isCovered) stepBack.add(meta.id);
  }
  // Ascending, as RUNs do not overlap.
  const spans = scripts.map(({ run }) => run.span);
  const isChecked = (at: number): boolean => {
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((spans[middle]?.start ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return (spans[low - 1]?.end ?? -1) >= at;
  };
  return findings.filter(({ ruleId, span }) => !stepBack.has(ruleId) || !isChecked(span.start));
}
