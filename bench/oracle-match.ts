import type { Dockerfile } from "../src/audit/dockerfile/model.ts";
import { parseDockerfile } from "../src/audit/dockerfile/parse.ts";
import { runRules } from "../src/audit/engine.ts";
import { isOpen } from "../src/audit/result.ts";
import { indexRules } from "../src/audit/rule-index.ts";
import { suppress } from "../src/audit/suppress.ts";
import { lineStarts, positionAt } from "../src/base/text.ts";
import { rules } from "../src/rules/index.generated.ts";
import type { OracleCase } from "./oracle-cases.ts";

/** One expectation, or one finding of ours under a peer's id, and whether the other side has it too. */
export interface Verdict {
  readonly tool: string;
  readonly file: string;
  /** The peer's rule. */
  readonly rule: string;
  /** Line of the instruction; 0 for the whole file. */
  readonly line: number;
  readonly side: "expected" | "ours";
  readonly isMatched: boolean;
  /** Our rule, where the finding is ours. */
  readonly ourRule?: string;
  /** The instruction, or the whole file. */
  readonly text: string;
}

const index = indexRules(rules);
const findable = new Set(rules.flatMap(({ meta }) => meta.aliases.map((a) => a.toLowerCase())));

/** Tools whose ids stand in our aliases under other names: hadolint prints ShellCheck's. */
const aliasesOf = (tool: string, rule: string): readonly string[] =>
  [`${tool}:${rule}`, ...(rule.startsWith("SC") ? [`shellcheck:${rule}`] : [])].map((a) =>
    a.toLowerCase(),
  );

/** Does any rule of ours carry this id of a peer? */
export const isCarried = (tool: string, rule: string): boolean =>
  aliasesOf(tool.split(" ")[0] ?? tool, rule).some((alias) => findable.has(alias));

interface OurFinding {
  readonly name: string;
  readonly aliases: ReadonlySet<string>;
  readonly line: number;
  /** Lines of the instructions that the finding names beside its own: a peer may put its finding there. */
  readonly related: readonly number[];
}

const cache = new WeakMap<object, { model: Dockerfile; ours: readonly OurFinding[] }>();
const byText = new Map<string, object>();

/** What all our rules say about a file, comments of every tool heeded; the same text is read once. */
function auditOf({ file, text, context }: OracleCase): {
  model: Dockerfile;
  ours: readonly OurFinding[];
} {
  const key = byText.get(file) ?? {};
  byText.set(file, key);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const model = parseDockerfile(text, context);
  const run = runRules("dockerfile", model, rules);
  for (const { ruleName, error } of run.failures)
    throw new Error(`${ruleName} failed on ${file}`, { cause: error });
  const ours = suppress(model, run.findings, index)
    .findings.filter((finding) => isOpen(finding))
    .map(({ ruleId, span, related = [] }) => {
      const meta = index.byId.get(ruleId)?.meta;
      return {
        name: meta?.name ?? ruleId,
        aliases: new Set(meta?.aliases.map((a) => a.toLowerCase())),
        line: instructionLine(model, span.start),
        related: related.map((place) => instructionLine(model, place.span.start)),
      };
    });
  const entry = { model, ours };
  cache.set(key, entry);
  return entry;
}

/** Line where the instruction around an offset begins; peers put all findings there. */
function instructionLine(model: Dockerfile, offset: number): number {
  const isComment = model.comments.some(
    ({ span, insideInstruction }) =>
      insideInstruction === undefined && span.start <= offset && offset < span.end,
  );
  // A comment belongs to what stands below it.
  const around = isComment
    ? model.instructions.find(({ span }) => span.start > offset)
    : model.instructions.find(({ span }) => span.start <= offset && offset <= span.end);
  return positionAt(lineStarts(model.text), around?.span.start ?? offset).line;
}

function lineOfInstruction(model: Dockerfile, line: number): number {
  const starts = lineStarts(model.text);
  const start = starts[line - 1];
  if (start === undefined) return line;
  const end = starts[line] ?? model.text.length + 1;
  const around = model.instructions.find(({ span }) => span.start < end && start <= span.end);
  return around === undefined ? line : positionAt(starts, around.span.start).line;
}

/** Hold one case against our rules: by the peer's id and the instruction, however many findings it has. */
export function judge(one: OracleCase): readonly Verdict[] {
  const { model, ours } = auditOf(one);
  const tool = one.tool.split(" ")[0] ?? one.tool;
  const starts = lineStarts(model.text);
  const textAt = (line: number): string => {
    const start = starts[line - 1];
    if (start === undefined) return model.text;
    const node = model.instructions.find(({ span }) => span.start >= start);
    return model.text.slice(start, node?.span.end ?? starts[line]);
  };
  const expected = new Map(
    one.expected.map(({ rule, line }) => {
      const at = line === 0 ? 0 : lineOfInstruction(model, line);
      return [`${rule} ${at}`, { rule, line: at }];
    }),
  );
  const verdicts: Verdict[] = [];
  const { file } = one;
  for (const { rule, line } of expected.values()) {
    const ids = aliasesOf(tool, rule);
    const isMatched = ours.some(
      (finding) =>
        (line === 0 || finding.line === line || finding.related.includes(line)) &&
        ids.some((id) => finding.aliases.has(id)),
    );
    verdicts.push({
      ...{ tool: one.tool, file, rule, line, side: "expected", isMatched },
      text: textAt(line),
    });
  }
  const seen = new Set<string>();
  for (const { name, aliases, line, related } of ours) {
    const judged = [...aliases]
      .filter((alias) => alias.startsWith(`${tool}:`))
      .map((alias) => alias.slice(alias.indexOf(":") + 1))
      .map((id) => (tool === "kics" ? id : plainCase(id)))
      .filter((id) => one.judges(id));
    const [rule] = judged;
    if (rule === undefined || seen.has(`${name} ${line}`)) continue;
    seen.add(`${name} ${line}`);
    const isMatched = judged.some((id) =>
      [0, line, ...related].some((at) => expected.has(`${id} ${at}`)),
    );
    verdicts.push({
      ...{ tool: one.tool, file, rule: judged.join("/"), line, side: "ours", isMatched },
      ...{ ourRule: name, text: textAt(line) },
    });
  }
  return verdicts;
}

/** Aliases were lowered to compare them; ids are upper case but BuildKit's. */
const buildkitIds = new Map(
  rules
    .flatMap(({ meta }) => meta.aliases)
    .filter((alias) => alias.startsWith("buildkit:"))
    .map((alias) => [alias.slice(9).toLowerCase(), alias.slice(9)]),
);

const plainCase = (id: string): string => buildkitIds.get(id) ?? id.toUpperCase();
