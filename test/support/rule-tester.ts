import { describe, expect, test } from "vitest";
import { parseCompose } from "../../src/audit/compose/parse.ts";
import type { ContextEntry, DockerContext } from "../../src/audit/dockerfile/context.ts";
import { cleanPath, parseIgnoreFile } from "../../src/audit/dockerfile/ignore.ts";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { runRules } from "../../src/audit/engine.ts";
import type { Finding } from "../../src/audit/finding.ts";
import { applyFixes } from "../../src/audit/fix.ts";
import type { Rule, Targets } from "../../src/audit/rule.ts";
import type { OptionValues } from "../../src/audit/rule-options.ts";
import { lineStarts, positionAt } from "../../src/base/text.ts";

/**
 * A marker line: spaces, then
 * - `~~~~ message` under the text of a finding (`^ message` where its span is empty);
 * - `~~~~>+2:14 message` when the span ends two lines below, before column 14;
 * - `---- related: message` under a place that explains a finding.
 */
const MARKER = /^ *(?:(?:~+(?:>\+\d+:\d+)?|\^) .+|-+ related: .+)$/;

/** Take the common indentation and the outer blank lines off a template literal. */
export function dedent(text: string): string {
  const lines = text
    .replace(/^\n/, "")
    .replace(/\n[ \t]*$/, "\n")
    .split("\n");
  const indents = lines.filter((l) => l.trim() !== "").map((l) => l.length - l.trimStart().length);
  // A source that begins on the first line of the literal is taken as it is.
  const indent = text.startsWith("\n") ? Math.min(...indents) : 0;
  return lines.map((l) => l.slice(Math.min(indent, l.length - l.trimStart().length))).join("\n");
}

/** The source without the findings drawn into it. */
export function withoutMarkers(drawn: string): string {
  return drawn
    .split("\n")
    .filter((l) => !MARKER.test(l))
    .join("\n");
}

/** Findings of one rule over a Dockerfile; a rule that throws fails the test with its own error. */
export function findingsOf<T extends keyof Targets>(
  rule: Rule<T>,
  model: Targets[T],
  options: OptionValues = {},
): readonly Finding[] {
  const { findings, failures } = runRules(
    rule.meta.target,
    model,
    [rule as Rule],
    new Map(),
    new Map([[rule.meta.id, options]]),
  );
  for (const { error } of failures) throw error;
  return findings;
}

/** Draw each finding under the line where it starts, as the table in the test writes it. */
export function drawFindings(source: string, findings: readonly Finding[]): string {
  const starts = lineStarts(source);
  const marks: { readonly at: number; readonly label: string; readonly order: number }[] = [];
  for (const { span, message, related = [] } of findings) {
    marks.push({ at: span.start, label: `${underline(span, "~")} ${message}`, order: 0 });
    for (const r of related)
      marks.push({
        at: r.span.start,
        label: `${underline(r.span, "-")} related: ${r.message}`,
        order: 1,
      });
  }
  marks.sort((a, b) => a.at - b.at || a.order - b.order);
  return source
    .split("\n")
    .flatMap((line, i) => {
      const here = marks.filter((m) => positionAt(starts, m.at).line === i + 1);
      return [line, ...here.map((m) => " ".repeat(m.at - (starts[i] ?? 0)) + m.label)];
    })
    .join("\n");

  function underline(span: { start: number; end: number }, mark: string): string {
    if (span.start === span.end) return "^";
    const start = positionAt(starts, span.start);
    const end = positionAt(starts, span.end);
    if (end.line === start.line) return mark.repeat(span.end - span.start);
    const lineEnd = (starts[start.line] ?? source.length + 1) - 1;
    const drawn = mark.repeat(Math.max(1, lineEnd - span.start));
    return mark === "~" ? `${drawn}>+${end.line - start.line}:${end.column}` : drawn;
  }
}

/** A build context as data: file names with their text (`.dockerignore` is read), folders with a slash at their end. */
export type ContextFiles = Readonly<Record<string, string>>;

/** The context model of a folder that is not on disk; the Dockerfile in it is called `Dockerfile`. */
export function contextOf(files: ContextFiles): DockerContext {
  const entries = new Map<string, ContextEntry>([[".", "folder"]]);
  for (const name of ["Dockerfile", ...Object.keys(files)]) {
    const parts = cleanPath(name).split("/");
    parts.forEach((_, i) => {
      const isFile = i === parts.length - 1 && !name.endsWith("/");
      entries.set(parts.slice(0, i + 1).join("/"), isFile ? "file" : "folder");
    });
  }
  const name = ["Dockerfile.dockerignore", ".dockerignore"].find((n) => files[n] !== undefined);
  return {
    ignore:
      name === undefined
        ? { state: "missing" }
        : { state: "read", name, patterns: parseIgnoreFile(files[name] ?? "") },
    dockerfileName: "Dockerfile",
    at: (path) => entries.get(cleanPath(`/${path}`).slice(1) || ".") ?? "missing",
  };
}

/** What a case is run with beside its source. */
interface Setting {
  readonly options?: OptionValues | undefined;
  readonly context?: ContextFiles | undefined;
}

/** Rules whose sources are text that people write, so that findings can be drawn under it. */
type TextRule = Rule<"dockerfile"> | Rule<"compose">;

const isComposeRule = (rule: TextRule): rule is Rule<"compose"> => rule.meta.target === "compose";

function findIn(rule: TextRule, source: string, setting: Setting): readonly Finding[] {
  const { context, options } = setting;
  if (isComposeRule(rule)) return findingsOf(rule, parseCompose(source), options);
  return findingsOf(rule, parseDockerfile(source, context && contextOf(context)), options);
}

function draw(rule: TextRule, source: string, setting: Setting): string {
  return drawFindings(source, findIn(rule, source, setting));
}

/** Spans of a text with CRLF line ends, as they would be had the text LF ones. */
function withoutCarriageReturns(source: string, findings: readonly Finding[]): readonly Finding[] {
  const at = (offset: number): number =>
    offset - (source.slice(0, offset).match(/\r(?=\n)/g)?.length ?? 0);
  const move = (span: { start: number; end: number }): { start: number; end: number } => ({
    start: at(span.start),
    end: at(span.end),
  });
  return findings.map((f) => ({
    ...f,
    span: move(f.span),
    ...(f.related && { related: f.related.map((r) => ({ ...r, span: move(r.span) })) }),
  }));
}

/** Findings that offer a safe fix: applied, they are gone, and nothing else of this rule came. */
function expectFixesHold(rule: TextRule, source: string, setting: Setting): void {
  let text = source;
  for (let round = 0; ; round++) {
    const found = findIn(rule, text, setting);
    const fixable = found.flatMap((f) => (f.fix ? [f.fix] : []));
    if (fixable.length === 0) return;
    expect(round, "fixes must come to an end").toBeLessThan(5);
    const fixed = applyFixes(text, fixable).text;
    expect(fixed, "a fix must change the text").not.toBe(text);
    text = fixed;
  }
}

/** Sources in a table: silent ones, and ones with their findings drawn under the lines (see MARKER). */
export interface RuleCases {
  readonly clean: readonly string[];
  readonly found: readonly string[];
  /** Sources with a fix applied: what is written, and what `fix` makes of it. */
  readonly fixed?: readonly { readonly before: string; readonly after: string }[];
  /** The same with options of the rule set as .tguard.yaml would. */
  readonly withOptions?: readonly {
    readonly options: OptionValues;
    readonly clean?: readonly string[];
    readonly found?: readonly string[];
  }[];
  /** The same in a build context. */
  readonly withContext?: readonly {
    readonly context: ContextFiles;
    readonly clean?: readonly string[];
    readonly found?: readonly string[];
  }[];
}

function testCases(
  rule: TextRule,
  { clean = [], found = [] }: { clean?: readonly string[]; found?: readonly string[] },
  setting: Setting = {},
): void {
  test.each(clean.map(dedent))("clean: %s", (source) => {
    expect(draw(rule, source, setting)).toBe(source);
  });
  test.each(found.map(dedent))("found: %s", (drawn) => {
    const source = withoutMarkers(drawn);
    expect(source, "a found case draws at least one finding").not.toBe(drawn);
    expect(draw(rule, source, setting)).toBe(drawn);

    const crlf = source.replaceAll("\n", "\r\n");
    const moved = withoutCarriageReturns(crlf, findIn(rule, crlf, setting));
    expect(drawFindings(source, moved), "the same with CRLF line ends").toBe(drawn);

    expectFixesHold(rule, source, setting);
  });
}

/** Run a Dockerfile or compose rule over a table of sources, each with LF and with CRLF line ends. */
export function testRule(rule: TextRule, cases: RuleCases): void {
  describe(`${rule.meta.id} ${rule.meta.name}`, () => {
    test("its documented examples hold", () => {
      const { bad, good, exampleOptions, context } = rule.meta;
      const setting = { options: exampleOptions, context };
      expect(draw(rule, bad, setting), "`bad` is found").not.toBe(bad);
      expect(draw(rule, good, setting), "`good` is clean").toBe(good);
    });
    testCases(rule, cases);
    for (const { options, ...more } of cases.withOptions ?? [])
      describe(JSON.stringify(options), () => testCases(rule, more, { options }));
    for (const { context, ...more } of cases.withContext ?? [])
      describe(JSON.stringify(context), () => testCases(rule, more, { context }));
    for (const { before, after } of cases.fixed ?? []) {
      test(`fixed: ${before}`, () => {
        const text = dedent(before);
        const fixes = findIn(rule, text, {}).flatMap((f) => f.fix ?? []);
        expect(applyFixes(text, fixes).text).toBe(dedent(after));
      });
    }
  });
}

/** One JSON source that a rule reports: the text under each span, exactly, and the message. */
export interface JsonCase {
  readonly source: string;
  readonly findings: readonly { readonly text: string; readonly message: string }[];
}

/**
 * Run an image or bundle rule over JSON snippets, made into models by `toModel`
 * (`imageModelFromSnippet`, `bundleModelFromSnippet`).
 */
export function testModelRule<T extends "image" | "bundle">(
  rule: Rule<T>,
  toModel: (snippet: string) => Targets[T],
  cases: { readonly clean: readonly string[]; readonly found: readonly JsonCase[] },
): void {
  const found = (source: string): { text: string; message: string }[] => {
    const model = toModel(source);
    return findingsOf(rule, model).map(({ span, message }) => ({
      text: model.text.slice(span.start, span.end),
      message,
    }));
  };
  describe(`${rule.meta.id} ${rule.meta.name}`, () => {
    test("its documented examples hold", () => {
      expect(found(rule.meta.bad), "`bad` is found").not.toEqual([]);
      expect(found(rule.meta.good), "`good` is clean").toEqual([]);
    });
    test.each(cases.clean)("clean: %s", (source) => {
      expect(found(source)).toEqual([]);
    });
    test.each(cases.found.map((c) => [c.source, c.findings] as const))(
      "found: %s",
      (source, findings) => {
        expect(found(source)).toEqual(findings);
      },
    );
  });
}
