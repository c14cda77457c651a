import { defineRule, type Rule, type RuleMeta } from "../../src/audit/rule.ts";

/** A Dockerfile rule for tests of the engine and the reports. */
export function makeRule(
  meta: Partial<RuleMeta<"dockerfile">>,
  check: Rule<"dockerfile">["check"],
): Rule<"dockerfile"> {
  return defineRule({
    meta: {
      id: "DF9999",
      name: "test-rule",
      target: "dockerfile",
      severity: "medium",
      confidence: "high",
      summary: "A rule of the tests",
      why: "It shows how `reports` look.",
      howToFix: "Write `FROM alpine:3.22`. Nothing else helps.",
      bad: "FROM alpine\n",
      good: "FROM alpine:3.22\n",
      since: "0.1.0",
      aliases: [],
      cwe: [],
      references: ["https://docs.docker.com/reference/dockerfile/#from"],
      ...meta,
    },
    check,
  });
}

/** A rule that reports every occurrence of a text. */
export function textRule(
  meta: Partial<RuleMeta<"dockerfile">>,
  searched: string,
): Rule<"dockerfile"> {
  return makeRule(meta, ({ text }, report) => {
    for (let at = text.indexOf(searched); at !== -1; at = text.indexOf(searched, at + 1))
      report({ start: at, end: at + searched.length }, `"${searched}" is here`);
  });
}
