import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { UserError } from "../../base/error.ts";
import { parseDockerfile } from "../dockerfile/parse.ts";
import { runRules } from "../engine.ts";
import type { Finding } from "../finding.ts";
import type { Rule } from "../rule.ts";
import { type LoadedRule, loadRules } from "./load.ts";
import type { Answer, Question } from "./protocol.ts";

/** Findings of one rule for one source that are passed on; more are a rule that reports every character. */
const maxFindings = 10_000;

/**
 * The process that runs a team's own rules: loads the files, then answers questions until its input ends.
 * @param skipped ids of rules that are not to run any more
 */
export async function serveRules(
  paths: readonly string[],
  skipped: readonly string[],
): Promise<void> {
  let loaded: readonly LoadedRule[];
  try {
    loaded = (await Promise.all(paths.map(loadRules))).flat();
    checkUnique(loaded);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    answer(refusal(error));
    return;
  }
  answer({
    kind: "rules",
    rules: loaded.map(({ rule: { meta }, bad, good }) => ({ meta, bad, good })),
  });
  const rules = loaded.map(({ rule }) => rule).filter(({ meta }) => !skipped.includes(meta.id));
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, text, only } = JSON.parse(line) as Question; // the audit wrote it
    const asked = only === undefined ? rules : rules.filter(({ meta }) => meta.id === only);
    answer({ kind: "done", id, ...judge(text, asked) });
  }
}

function judge(
  text: string,
  rules: readonly Rule<"dockerfile">[],
): Pick<Extract<Answer, { kind: "done" }>, "findings" | "failures"> {
  const model = parseDockerfile(text);
  const findings: Finding[] = [];
  const failures: { ruleId: string; ruleName: string; message: string }[] = [];
  for (const rule of rules) {
    const { id, name } = rule.meta;
    answer({ kind: "at", ruleId: id });
    const run = runRules("dockerfile", model, [rule as Rule]);
    const wrong = run.findings.length > maxFindings || !run.findings.every(isWellFormed(text));
    if (wrong)
      failures.push({
        ruleId: id,
        ruleName: name,
        message: "what it reports has no place or text",
      });
    else findings.push(...run.findings);
    for (const { error } of run.failures) {
      const message = error instanceof Error ? error.message : String(error);
      failures.push({ ruleId: id, ruleName: name, message });
    }
  }
  return { findings, failures };
}

/** Modules may be JavaScript: what they report is looked at before reporters rely on it. */
function isWellFormed({ length }: string): (finding: Finding) => boolean {
  const isSpan = (span: Finding["span"] | undefined): boolean =>
    Number.isInteger(span?.start) &&
    Number.isInteger(span?.end) &&
    (span?.start ?? -1) >= 0 &&
    (span?.start ?? 0) <= (span?.end ?? -1) &&
    (span?.end ?? 0) <= length;
  return ({ span, message, fix, related, masked }) =>
    isSpan(span) &&
    typeof message === "string" &&
    (fix === undefined ||
      (typeof fix.title === "string" &&
        fix.edits.every((edit) => isSpan(edit.span) && typeof edit.text === "string"))) &&
    (related ?? []).every((other) => isSpan(other.span) && typeof other.message === "string") &&
    (masked ?? []).every(isSpan);
}

function checkUnique(loaded: readonly LoadedRule[]): void {
  const ids = loaded.flatMap(({ rule: { meta } }) => [meta.id, meta.name]);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new UserError(`two custom rules are called "${twice}"`, {
      hint: "give each its own id and name",
    });
  }
}

function refusal(error: UserError): Answer {
  const causes: string[] = [];
  for (let { cause } = error; cause instanceof Error; { cause } = cause) causes.push(cause.message);
  return {
    kind: "refused",
    message: error.message,
    ...(error.where !== undefined && { where: error.where }),
    ...(error.hint !== undefined && { hint: error.hint }),
    causes,
  };
}

/** Written at once: the last line before a rule that never ends must be read. What rules print goes elsewhere. */
function answer(value: Answer): void {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at);
}
