import type {
  ArtifactLocation,
  Log,
  PhysicalLocation,
  Region,
  ReportingDescriptor,
  Result,
  Run,
  Notification as SarifNotification,
} from "sarif";
import { isComplete } from "../audit/exit-status.ts";
import type { Confidence, Severity } from "../audit/finding.ts";
import { fingerprints, lineHashes } from "../audit/fingerprint.ts";
import { maskedText } from "../audit/mask.ts";
import {
  type AuditedSource,
  type AuditReport,
  aliasesIn,
  type Notification,
  type ReportedFinding,
} from "../audit/result.ts";
import { languageOf, type RuleMeta, type Targets } from "../audit/rule.ts";
import { levelOf, severities } from "../audit/severity.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import { ruleHelp } from "./explain.ts";

type Meta = RuleMeta<keyof Targets>;

/** RFC 9512 for YAML; Dockerfiles have no registered type. */
const mimeTypes = {
  dockerfile: "text/x-dockerfile",
  json: "application/json",
  yaml: "application/yaml",
} as const;

/**
 * Most results that GitHub code scanning takes in a run; it shows the 5,000 worst of them
 * (docs.github.com, "SARIF support for code scanning", limits). The mildest beyond it are left out, and told.
 */
export const maxResults = 25_000;

/** SARIF's own name for the folder that relative URIs start from, as GitHub expects it. */
const sourceRootId = "%SRCROOT%";

/** Who writes the report. */
export interface Tool {
  readonly version: string;
  /** https address; the validator asks for one. */
  readonly homepage?: string | undefined;
}

/** Longest snippet that goes into a result, in code units. */
const maxSnippet = 2000;

/**
 * GitHub sorts by `security-severity`: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low
 * (docs.github.com, "SARIF support for code scanning", reportingDescriptor properties).
 */
const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "3.0",
  info: "1.0",
};

/** GitHub's words for confidence. */
const precision: Readonly<Record<Confidence, string>> = {
  high: "very-high",
  medium: "high",
  low: "medium",
};

/** GitHub's words for how bad a rule's findings are: `problem.severity`. */
const problemSeverity = { error: "error", warning: "warning", note: "recommendation" } as const;

/** Write a report as SARIF 2.1.0, fit for GitHub code scanning. */
export function formatSarif(report: AuditReport, tool: Tool): string {
  const ruleIndexes = new Map(report.rules.map(({ id }, i) => [id, i]));
  const peerIds = new Map(report.rules.map((meta) => [meta.id, aliasesIn(meta, report.alias)]));
  const results: { readonly severity: Severity; readonly result: Result }[] = [];
  for (const [i, source] of report.sources.entries())
    results.push(...resultsOf(source, i, ruleIndexes, peerIds));
  const kept = cut(results);
  const notifications = report.notifications.map(notificationOf);
  if (kept.length < results.length) {
    notifications.push({
      level: "warning",
      descriptor: { id: "results-cut" },
      message: {
        text: `${results.length - kept.length} of ${results.length} results were left out, the mildest first: GitHub takes ${maxResults} in a run.`,
      },
    });
  }
  const run: Run = {
    tool: {
      driver: {
        name: "tguard",
        semanticVersion: tool.version,
        version: tool.version,
        ...(tool.homepage !== undefined && { informationUri: tool.homepage }),
        rules: report.rules.map(descriptorOf),
        ...notificationDescriptors(notifications),
      },
    },
    automationDetails: { id: "tguard/audit/" },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: {
      [sourceRootId]: { description: { text: "The root of the source repository." } },
    },
    invocations: [
      {
        executionSuccessful: isComplete(report),
        ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
      },
    ],
    artifacts: report.sources.map((source) => ({
      location: artifactLocation(source.uri),
      roles: ["analysisTarget"],
      mimeType: mimeTypes[languageOf(source.target)],
      sourceLanguage: languageOf(source.target),
    })),
    results: kept,
  };
  const log: Log = {
    $schema:
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [run],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** Keep what GitHub takes: open before suppressed, worst first; their order stays. */
function cut(
  results: readonly { readonly severity: Severity; readonly result: Result }[],
): Result[] {
  if (results.length <= maxResults) return results.map(({ result }) => result);
  const rank = ({ severity, result }: (typeof results)[number]): number =>
    severities.indexOf(severity) + (result.suppressions === undefined ? 0 : severities.length);
  const kept = new Set([...results].sort((a, b) => rank(a) - rank(b)).slice(0, maxResults));
  return results.filter((item) => kept.has(item)).map(({ result }) => result);
}

function descriptorOf(meta: Meta): ReportingDescriptor {
  const level = levelOf(meta.severity);
  const [helpUri] = meta.references;
  return {
    id: meta.id,
    name: pascalCase(meta.name),
    shortDescription: { text: `${meta.summary}.` },
    fullDescription: { text: plainText(meta.why) },
    help: { text: plainText(meta.howToFix), markdown: ruleHelp(meta) },
    ...(helpUri !== undefined && { helpUri }),
    defaultConfiguration: { level },
    properties: {
      tags: ["security", meta.target, ...meta.cwe.map(cweTag)],
      precision: precision[meta.confidence],
      "problem.severity": problemSeverity[level],
      "security-severity": securitySeverity[meta.severity],
    },
  };
}

/** `untagged-base-image` to `UntaggedBaseImage`: SARIF §3.49.7 wants a name as people would write an identifier. */
function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `CWE-250` to the tag that GitHub links, `external/cwe/cwe-250`. */
function cweTag(cwe: string): string {
  const number = cwe.replace(/^CWE-/i, "").padStart(3, "0");
  return `external/cwe/cwe-${number}`;
}

/** Markdown without its marks, one line, ending in a full stop. */
function plainText(markdown: string): string {
  const text = markdown
    .replace(/^```.*$/gm, "")
    .replace(/[`*]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return withStop(text);
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function resultsOf(
  source: AuditedSource,
  artifactIndex: number,
  ruleIndexes: ReadonlyMap<string, number>,
  ids: ReadonlyMap<string, readonly string[]>,
): readonly { readonly severity: Severity; readonly result: Result }[] {
  const { findings, uri } = source;
  if (findings.length === 0) return [];
  const text = maskedText(source);
  const starts = lineStarts(text);
  const keys = fingerprints(text, findings);
  const lines = findings.map(({ span }) => positionAt(starts, span.start).line);
  // The hash of a line would let its secret be guessed, but GitHub's own step computes the same from the file.
  // The text of an image is made up from its config, so that lines of the file mean nothing.
  const hashes = lineHashes(source.text, new Set(source.target === "image" ? [] : lines));
  const physical = (span: Span): PhysicalLocation => ({
    artifactLocation: { ...artifactLocation(uri), index: artifactIndex },
    region: regionOf(text, starts, span),
  });
  return findings.map((finding, i) => {
    const lineHash = hashes.get(lines[i] ?? 0);
    const ruleIndex = ruleIndexes.get(finding.ruleId);
    const result: Result = {
      ruleId: finding.ruleId,
      ...(ruleIndex !== undefined && { ruleIndex }),
      level: levelOf(finding.severity),
      message: { text: withStop(withAliases(finding.message, ids.get(finding.ruleId))) },
      locations: [{ physicalLocation: physical(finding.span) }],
      partialFingerprints: {
        ...(lineHash !== undefined && { primaryLocationLineHash: lineHash }),
        "tguardFinding/v1": keys[i] ?? "",
      },
      ...(finding.related && {
        relatedLocations: finding.related.map((related, id) => ({
          id,
          message: { text: withStop(related.message) },
          physicalLocation: physical(related.span),
        })),
      }),
      ...suppressionsOf(finding),
      ...(finding.fix && { fixes: [fixOf(finding.fix)] }),
    };
    return { severity: finding.severity, result };
  });

  function suppressionsOf({
    suppression,
    isKnown = false,
  }: ReportedFinding): Pick<Result, "suppressions"> {
    const suppressions: NonNullable<Result["suppressions"]> = [];
    if (suppression !== undefined) {
      const { span, reason } = suppression;
      suppressions.push({
        kind: "inSource",
        status: "accepted",
        ...(reason !== undefined && { justification: reason }),
        location: { physicalLocation: physical(span) },
      });
    }
    if (isKnown) {
      suppressions.push({
        kind: "external",
        status: "accepted",
        justification: "known from the baseline",
      });
    }
    return suppressions.length === 0 ? {} : { suppressions };
  }

  function fixOf(fix: NonNullable<ReportedFinding["fix"]>): NonNullable<Result["fixes"]>[number] {
    return {
      description: { text: withStop(fix.title) },
      artifactChanges: [
        {
          artifactLocation: { ...artifactLocation(uri), index: artifactIndex },
          replacements: fix.edits.map(({ span, text: inserted }) => ({
            deletedRegion: bareRegion(starts, span),
            ...(inserted !== "" && { insertedContent: { text: inserted } }),
          })),
        },
      ],
    };
  }
}

/** The message, and what another tool calls the finding. */
function withAliases(message: string, aliases: readonly string[] = []): string {
  return aliases.length === 0 ? message : `${message} (${aliases.join(", ")})`;
}

function artifactLocation(uri: string): ArtifactLocation {
  return uri.startsWith("file:") ? { uri } : { uri, uriBaseId: sourceRootId };
}

function bareRegion(starts: readonly number[], { start, end }: Span): Region {
  const from = positionAt(starts, start);
  const to = positionAt(starts, end);
  return {
    startLine: from.line,
    startColumn: from.column,
    endLine: to.line,
    endColumn: to.column,
  };
}

/** A region with its text. Viewers show nothing for an empty one, so it grows to the nearest visible text. */
function regionOf(text: string, starts: readonly number[], span: Span): Region {
  const { start, end } = span.start < span.end ? span : visibleSpan(text, span.start);
  return {
    ...bareRegion(starts, { start, end }),
    snippet: { text: text.slice(start, Math.min(end, start + maxSnippet)) },
  };
}

/** The character at an offset; at the end of a line, the line; on an empty one, the last line before it with text. */
function visibleSpan(text: string, offset: number): Span {
  const isLineEnd = (at: number): boolean => text[at] === "\n" || text[at] === "\r";
  if (offset < text.length && !isLineEnd(offset)) return { start: offset, end: offset + 1 };
  let end = Math.min(offset, text.length);
  while (end > 0 && isLineEnd(end - 1)) end--;
  if (end > 0) return { start: text.lastIndexOf("\n", end - 1) + 1, end };
  // Nothing but empty lines so far: the first text after them, if there is any.
  let start = 0;
  while (isLineEnd(start)) start++;
  return { start, end: Math.min(start + 1, text.length) };
}

function notificationOf(notification: Notification): SarifNotification {
  const { level, message, hint, causes = [], ruleId, where, location } = notification;
  const place = where === undefined || location !== undefined ? "" : ` (${where})`;
  const sentences = [`${message}${place}`, ...causes, ...(hint === undefined ? [] : [hint])];
  return {
    level,
    message: { text: sentences.map(sentence).join(" ") },
    descriptor: {
      id: level === "error" ? (ruleId === undefined ? "not-audited" : "rule-failed") : "audit-note",
    },
    ...(ruleId !== undefined && { associatedRule: { id: ruleId } }),
    ...(location !== undefined && {
      locations: [
        {
          physicalLocation: {
            artifactLocation: artifactLocation(location.uri),
            ...(location.line !== undefined && {
              region: {
                startLine: location.line,
                ...(location.column !== undefined && { startColumn: location.column }),
              },
            }),
          },
        },
      ],
    }),
  };
}

function sentence(text: string): string {
  return withStop(text.charAt(0).toUpperCase() + text.slice(1));
}

/** What the kinds of notifications mean, and what to do. */
const notificationTexts: Readonly<Record<string, readonly [meaning: string, help: string]>> = {
  "not-audited": [
    "A target could not be audited.",
    "Read the message, make the target readable or leave it out, and audit again.",
  ],
  "rule-failed": [
    "A rule failed, so its check did not happen.",
    "Report the failure to the authors of tguard, and skip the rule until it is mended.",
  ],
  "audit-note": [
    "Something about the audit is worth knowing.",
    "Read the message; the audit is complete all the same.",
  ],
  "results-cut": [
    "Results beyond the limit of GitHub code scanning were left out.",
    "Audit parts of the repository on their own, or exclude what is not yours.",
  ],
};

/** Descriptors of the kinds of notifications that the run has. */
function notificationDescriptors(notifications: readonly SarifNotification[]): {
  readonly notifications?: ReportingDescriptor[];
} {
  const ids = [...new Set(notifications.map((n) => n.descriptor?.id ?? ""))].sort();
  if (ids.length === 0) return {};
  return {
    notifications: ids.map((id) => {
      const [meaning, help] = notificationTexts[id] ?? ["A notification.", "Read the message."];
      return {
        id,
        name: pascalCase(id),
        shortDescription: { text: meaning },
        fullDescription: { text: meaning },
        help: { text: help },
      };
    }),
  };
}
