import type { Span } from "../base/text.ts";

/** How bad it is when the finding is right. SARIF level: critical, high = error; medium = warning; low, info = note. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** How sure the rule is that the finding is right. */
export type Confidence = "high" | "medium" | "low";

/** One replacement of source text; `safe` fixes keep the built image equivalent. */
export interface Fix {
  readonly title: string;
  readonly safe: boolean;
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
}

/** What a rule says about one place in one source. */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  /** Other places that explain the finding ("the tag was set here"). */
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
  readonly fix?: Fix;
  /** Text that no report may show (a password): excerpts of this source print asterisks in its place. */
  readonly masked?: readonly Span[];
}
