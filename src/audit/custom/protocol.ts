import type { Finding } from "../finding.ts";
import type { RuleMeta } from "../rule.ts";

/*
 * What the audit and the process that runs a team's own rules say to each other: a JSON value a line. Rules that
 * others wrote may loop or end their process; the audit then knows which one it was, ends the process, and goes on.
 */

/** From the audit. */
export interface Question {
  readonly id: number;
  readonly text: string;
  /** Id of the one rule to run; all without it. */
  readonly only?: string;
}

/** A rule's meta, and its examples. */
export interface RuleFacts {
  readonly meta: RuleMeta<"dockerfile">;
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

/** From the process. */
export type Answer =
  /** First of all: what was loaded, or why nothing was. */
  | { readonly kind: "rules"; readonly rules: readonly RuleFacts[] }
  | {
      readonly kind: "refused";
      readonly message: string;
      readonly where?: string;
      readonly hint?: string;
      readonly causes: readonly string[];
    }
  /** Now this rule begins. */
  | { readonly kind: "at"; readonly ruleId: string }
  | {
      readonly kind: "done";
      readonly id: number;
      readonly findings: readonly Finding[];
      readonly failures: readonly {
        readonly ruleId: string;
        readonly ruleName: string;
        readonly message: string;
      }[];
    };

/** Longest line that is taken from the process, in code units. */
export const maxLine: number = 64 * 1024 * 1024;
