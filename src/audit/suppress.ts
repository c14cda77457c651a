import type { Span } from "../base/text.ts";
import type { Dockerfile, Instruction } from "./dockerfile/model.ts";
import { isSyntaxError } from "./exit-status.ts";
import type { Finding } from "./finding.ts";
import { mayHavePragma, type Pragma, type PragmaTool, parsePragma } from "./pragma.ts";
import type { ReportedFinding } from "./result.ts";
import type { Rule } from "./rule.ts";
import type { RuleIndex } from "./rule-index.ts";

/** A comment that was meant to suppress but does not. */
export interface SuppressionProblem {
  readonly message: string;
  readonly hint: string;
  readonly span: Span;
}

/** A pragma with its rules found and its range known. */
interface Range {
  readonly ruleIds: ReadonlySet<string>;
  readonly pragma: Pragma;
  /** Findings that touch this range are taken back. */
  readonly where: Span;
  /** `start`: the finding must begin in the range; `touch`: it must overlap it. */
  readonly by: "start" | "touch";
}

/** Finds the pragmas of a source and says for what part of it each counts. */
export type PragmaCollector = (
  read: (comment: string, span: Span) => Pragma | undefined,
  add: (pragma: Pragma, where: Span, by: "start" | "touch") => void,
  warn: (problem: SuppressionProblem) => void,
) => void;

/** What comments left of the findings, and what is wrong with the comments. */
export interface Suppressed {
  readonly findings: readonly ReportedFinding[];
  readonly problems: readonly SuppressionProblem[];
}

/**
 * Mark findings that comments of a Dockerfile take back:
 * - `# tguard ignore=RULE[,RULE] [reason]` directly above an instruction: for that instruction;
 * - the same between the continuation lines of an instruction, or in the shell heredoc of a RUN: for the next line;
 * - `# tguard global ignore=RULE`: for the file; `# tguard stage ignore=RULE`: for the stage in or above which it stands;
 * - the comments of other tools that pragma.ts knows, read by the aliases of the rules.
 * @param today `YYYY-MM-DD`, for comments that end on a day
 */
export function suppress(
  dockerfile: Dockerfile,
  findings: readonly Finding[],
  index: RuleIndex,
  today?: string,
): Suppressed {
  const collect: PragmaCollector = (...tools) => collectPragmas(dockerfile, ...tools);
  return suppressBy(dockerfile.text, findings, index, collect, today);
}

/** Mark findings that comments take back, wherever `collect` finds them. */
export function suppressBy(
  text: string,
  findings: readonly Finding[],
  index: RuleIndex,
  collect: PragmaCollector,
  today: string = new Date().toISOString().slice(0, 10),
): Suppressed {
  // Nearly all files stop here.
  if (!mayHavePragma.test(text)) return { findings, problems: [] };
  const problems: SuppressionProblem[] = [];
  const ranges: Range[] = [];

  const add = (pragma: Pragma, where: Span, by: Range["by"]): void => {
    if (pragma.until !== undefined && pragma.until < today) return;
    if (pragma.words === "all") {
      ranges.push({ ruleIds: idsOfTool(index, pragma.tool), pragma, where, by });
      return;
    }
    const ruleIds = new Set<string>();
    for (const word of pragma.words) {
      const rules =
        pragma.tool === "tguard" ? index.find(word) : findOthers(index, pragma.tool, word);
      for (const { meta } of rules) ruleIds.add(meta.id);
      // Other tools have rules that tguard need not know; our own comments must mean something.
      if (rules.length === 0 && pragma.tool === "tguard") {
        const near = index.suggest(word);
        problems.push({
          message: `the comment ignores "${word}", which is no rule`,
          hint: near === undefined ? "tguard rules lists the rules" : `did you mean "${near}"?`,
          span: pragma.span,
        });
      }
    }
    ranges.push({ ruleIds, pragma, where, by });
  };
  const read = (comment: string, span: Span): Pragma | undefined => {
    const pragma = parsePragma(comment, span);
    if (pragma !== "malformed") return pragma;
    problems.push({
      message: "the comment begins with tguard but is not understood",
      hint: "write # tguard ignore=RULE[,RULE] [reason], or # tguard global ignore=RULE",
      span,
    });
    return undefined;
  };

  collect(read, add, (problem) => problems.push(problem));
  if (ranges.length === 0) return { findings, problems };
  return {
    findings: findings.map((finding) => {
      const range = ranges.find((r) => r.ruleIds.has(finding.ruleId) && covers(r, finding.span));
      if (range === undefined) return finding;
      const { span, reason } = range.pragma;
      return { ...finding, suppression: { span, ...(reason !== undefined && { reason }) } };
    }),
    problems,
  };
}

/** The comments above and in the instructions of a Dockerfile. */
function collectPragmas(
  dockerfile: Dockerfile,
  read: Parameters<PragmaCollector>[0],
  add: Parameters<PragmaCollector>[1],
  warn: Parameters<PragmaCollector>[2],
): void {
  const { text } = dockerfile;
  const above = new Map<number, Instruction>();
  for (const instruction of dockerfile.instructions)
    for (const comment of instruction.commentsAbove) above.set(comment.span.start, instruction);

  for (const comment of dockerfile.comments) {
    const pragma = read(comment.text, comment.span);
    if (pragma === undefined) continue;
    const instruction = above.get(comment.span.start);
    if (pragma.scope === "file" || comment.isDirective)
      add(pragma, { start: 0, end: text.length }, "start");
    else if (pragma.scope === "stage")
      add(pragma, stageSpan(dockerfile, instruction?.span ?? comment.span), "start");
    else if (comment.insideInstruction !== undefined) {
      add(pragma, lineAfter(text, comment.span.end), "touch");
    } else if (pragma.scope === "block" && instruction?.kind === "from")
      add(pragma, stageSpan(dockerfile, instruction.span), "start");
    else {
      if (instruction !== undefined) add(pragma, instruction.span, "start");
      else if (pragma.tool === "tguard") {
        warn({
          message: "the comment stands above no instruction and ignores nothing",
          hint: "put it on the line above an instruction, or write # tguard global ignore=RULE",
          span: comment.span,
        });
      }
    }
  }
  for (const instruction of dockerfile.instructions) {
    if (instruction.kind !== "run" || instruction.command.form !== "heredoc") continue;
    const { bodySpan } = instruction.command.heredoc;
    for (const comment of commentLines(text, bodySpan)) {
      const pragma = read(text.slice(comment.start + 1, comment.end).trim(), comment);
      if (pragma === undefined) continue;
      if (pragma.scope === "file") add(pragma, { start: 0, end: text.length }, "start");
      else add(pragma, lineAfter(text, comment.end), "touch");
    }
  }
}

/** From the FROM that a place stands in or behind to the next one; before the first, up to that. */
function stageSpan({ instructions, text }: Dockerfile, { start }: Span): Span {
  const froms = instructions.filter(({ kind }) => kind === "from").map(({ span }) => span.start);
  return {
    start: froms.findLast((at) => at <= start) ?? 0,
    end: (froms.find((at) => at > start) ?? text.length + 1) - 1,
  };
}

/** tally runs hadolint's and BuildKit's rules under their own ids. */
function findOthers(index: RuleIndex, tool: PragmaTool, id: string): readonly Rule[] {
  const tools = tool === "tally" ? ["tally", "hadolint", "buildkit"] : [tool];
  return tools.flatMap((name) => index.findAlias(name, id));
}

/** Rules that a comment without ids means: those that its tool has too; NOSONAR is said to every tool. */
function idsOfTool({ rules }: RuleIndex, tool: PragmaTool): ReadonlySet<string> {
  const isMeant = ({ meta }: Rule): boolean =>
    tool === "sonar"
      ? !isSyntaxError(meta.id)
      : meta.aliases.some((alias) => alias.startsWith(`${tool}:`));
  return new Set(rules.filter(isMeant).map(({ meta }) => meta.id));
}

function covers({ where, by }: Range, span: Span): boolean {
  if (by === "start") return span.start >= where.start && span.start <= where.end;
  return span.start < where.end && Math.max(span.end, span.start + 1) > where.start;
}

/** The next line that is neither blank nor a comment. */
function lineAfter(text: string, offset: number): Span {
  let start = text.indexOf("\n", offset) + 1;
  while (start > 0 && start < text.length) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end === -1 ? text.length : end).trim();
    if (line !== "" && !line.startsWith("#")) return { start, end: end === -1 ? text.length : end };
    if (end === -1) break;
    start = end + 1;
  }
  return { start: text.length, end: text.length };
}

/** Lines of a range whose first visible character is `#`, from that character to the line's end. */
function* commentLines(text: string, { start, end }: Span): Generator<Span> {
  for (let at = start; at < end; ) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline === -1 || newline > end ? end : newline;
    const hash = at + (/^[ \t]*/.exec(text.slice(at, lineEnd))?.[0].length ?? 0);
    if (text[hash] === "#" && hash < lineEnd) yield { start: hash, end: lineEnd };
    at = lineEnd + 1;
  }
}
