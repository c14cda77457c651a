import type { Span } from "../base/text.ts";
import type { Finding } from "./finding.ts";
import type { RuleMeta, Targets } from "./rule.ts";
import type { FailOn, Level } from "./severity.ts";

/** A comment in the source that takes a finding back. */
export interface Suppression {
  readonly span: Span;
  /** The author's reason, when the comment gives one. */
  readonly reason?: string;
}

/** A finding as it is reported. */
export interface ReportedFinding extends Finding {
  readonly suppression?: Suppression;
  /** True when the baseline holds it: it was there before, and is not reported anew. */
  readonly isKnown?: boolean;
}

/** True for what a reader has to deal with: neither taken back by a comment nor known from the baseline. */
export function isOpen({ suppression, isKnown }: ReportedFinding): boolean {
  return suppression === undefined && isKnown !== true;
}

/** One audited file or image. */
export interface AuditedSource {
  /** As the user named it; what people read. */
  readonly displayName: string;
  /** Relative URI (percent-encoded, `/` separated) below the source root, or an absolute `file:` URI outside it. */
  readonly uri: string;
  readonly target: keyof Targets;
  /** Decoded text that spans refer to; empty when there are no findings, to keep large audits small. */
  readonly text: string;
  /** UTF-16 code units of the decoded text. */
  readonly length: number;
  readonly findings: readonly ReportedFinding[];
  readonly failOn: FailOn;
}

/** Something about the audit itself, not about the audited files. */
export interface Notification {
  /** `error`: something was not audited. */
  readonly level: Level;
  readonly message: string;
  /** One thing the user can do now. */
  readonly hint?: string;
  /** Why, outermost cause first. */
  readonly causes?: readonly string[];
  /** Rule that the notification is about (it threw). */
  readonly ruleId?: string;
  /** Place, as people read it: a path, or `path:line:column`. */
  readonly where?: string;
  /** The same for machines. */
  readonly location?: {
    readonly uri: string;
    readonly line?: number;
    readonly column?: number;
  };
}

/** All that one `tguard audit` found out; reporters print it. */
export interface AuditReport {
  readonly sources: readonly AuditedSource[];
  readonly notifications: readonly Notification[];
  /** Rules that ran, sorted by id. */
  readonly rules: readonly RuleMeta<keyof Targets>[];
  /** Tool whose ids stand beside ours for people who come from it. */
  readonly alias?: string;
}

/** Ids that a tool gives to the pattern of a rule, in the order of the rule; none when it does not look for it. */
export function aliasesIn(
  meta: Pick<RuleMeta<keyof Targets>, "aliases"> | undefined,
  tool: string | undefined,
): readonly string[] {
  if (meta === undefined || tool === undefined) return [];
  const prefix = `${tool}:`;
  return meta.aliases.filter((a) => a.startsWith(prefix)).map((a) => a.slice(prefix.length));
}
