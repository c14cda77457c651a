import type { CustomRules } from "./runner.ts";

/** What came of one example of a rule. */
export interface ExampleResult {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly kind: "bad" | "good";
  /** From 1. */
  readonly number: number;
  /** What is wrong; `undefined` when the example holds. */
  readonly problem: string | undefined;
}

/** Run every example of every rule. */
export async function testExamples(custom: CustomRules): Promise<readonly ExampleResult[]> {
  const results: ExampleResult[] = [];
  for (const { meta, bad, good } of custom.rules) {
    const sources = [
      ...bad.map((source) => ({ kind: "bad", source }) as const),
      ...good.map((source) => ({ kind: "good", source }) as const),
    ];
    for (const [i, { kind, source }] of sources.entries()) {
      const { findings, failures } = await custom.judge(source, meta.id);
      const own = findings.filter(({ ruleId }) => ruleId === meta.id);
      const failure = failures.find(({ ruleId }) => ruleId === meta.id);
      results.push({
        ruleId: meta.id,
        ruleName: meta.name,
        kind,
        number: kind === "bad" ? i + 1 : i + 1 - bad.length,
        problem: problemOf(
          kind,
          own.map(({ message }) => message),
          failure?.error.message,
        ),
      });
      // A rule that failed does not run again.
      if (failure !== undefined) break;
    }
  }
  return results;
}

function problemOf(
  kind: "bad" | "good",
  messages: readonly string[],
  failure: string | undefined,
): string | undefined {
  if (failure !== undefined) return `the rule failed: ${failure}`;
  if (kind === "bad") return messages.length > 0 ? undefined : "it is not reported";
  const [first] = messages;
  return first === undefined ? undefined : `it is reported: ${first}`;
}

/** Results as text: what does not hold, then the numbers. */
export function formatResults(results: readonly ExampleResult[]): string {
  const wrong = results.filter(({ problem }) => problem !== undefined);
  const lines = wrong.map(
    ({ ruleId, ruleName, kind, number, problem }) =>
      `${ruleId} ${ruleName}: ${kind} example ${number}: ${problem}\n`,
  );
  const rules = new Set(results.map(({ ruleId }) => ruleId)).size;
  const count = `${results.length - wrong.length} of ${results.length} examples hold`;
  return `${lines.join("")}${count}, ${rules === 1 ? "1 rule" : `${rules} rules`}\n`;
}
