import type { Severity } from "./finding.ts";

/** Worst first. */
export const severities: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** SARIF 2.1.0 §3.27.10, without `none`. */
export type Level = "error" | "warning" | "note";

/** SARIF level of a severity: critical and high are errors, medium is a warning, the rest are notes. */
export function levelOf(severity: Severity): Level {
  switch (severity) {
    case "critical":
    case "high":
      return "error";
    case "medium":
      return "warning";
    case "low":
    case "info":
      return "note";
  }
}

/** What `--fail-on` takes: a level, a severity, or `none` to never fail. */
export type FailOn = Level | Severity | "none";

/** In the order in which help and error messages list them. */
export const failOnValues: readonly FailOn[] = ["error", "warning", "note", "none", ...severities];

/** Mildest severity that fails, by threshold. */
const mildest: Readonly<Record<Exclude<FailOn, "none">, Severity>> = {
  error: "high",
  warning: "medium",
  note: "info",
  critical: "critical",
  high: "high",
  medium: "medium",
  low: "low",
  info: "info",
};

/** True when a finding of this severity makes the audit fail under `--fail-on threshold`. */
export function reaches(severity: Severity, threshold: FailOn): boolean {
  if (threshold === "none") return false;
  return severities.indexOf(severity) <= severities.indexOf(mildest[threshold]);
}
