import { type AuditReport, isOpen } from "./result.ts";
import { reaches } from "./severity.ts";

/** Built-in rule for what BuildKit could not build; see src/rules/dockerfile/syntax-error.ts. */
export const syntaxErrorId = "DF0001";

/** The same for what docker compose refuses; see src/rules/compose/compose-syntax-error.ts. */
export const composeSyntaxErrorId = "CO0001";

/** True for the rules that say that a file cannot be read whole. */
export const isSyntaxError = (ruleId: string): boolean =>
  ruleId === syntaxErrorId || ruleId === composeSyntaxErrorId;

/**
 * False when something was left out: an input that could not be read, a rule that threw, or a Dockerfile
 * or compose file that no builder takes (rules saw only the parts that make sense).
 */
export function isComplete({ sources, notifications }: AuditReport): boolean {
  return (
    notifications.every((n) => n.level !== "error") &&
    sources.every((s) =>
      s.findings.every((f) => !isSyntaxError(f.ruleId) || f.suppression !== undefined),
    )
  );
}

/** Exit status: 0 clean, 1 findings at or above `--fail-on`, 2 could not audit (wins over 1). */
export function exitStatus(report: AuditReport): 0 | 1 | 2 {
  if (!isComplete(report)) return 2;
  const fails = report.sources.some(({ findings, failOn }) =>
    findings.some((f) => isOpen(f) && reaches(f.severity, failOn)),
  );
  return fails ? 1 : 0;
}
