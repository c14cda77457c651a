import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1350",
    name: "inline-suppression",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "A comment switches findings off",
    why: "Whoever changes the file can hide a hole by the same change. Teams that decide on exceptions elsewhere want to see each.",
    howToFix:
      "Mend what is found, or put the exception into `.tguard.yaml` or the baseline, where it is reviewed.",
    bad: "# hadolint ignore=DL3006\nFROM alpine\n",
    good: "FROM alpine:3.22\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["hadolint:DL1001"],
    cwe: [],
    references: ["https://github.com/hadolint/hadolint/wiki/DL1001"],
  },

  check({ comments, directives }, report) {
    for (const { text, span } of comments) {
      const tool = PRAGMAS.exec(text)
        ?.slice(1)
        .find((name) => name !== undefined);
      if (tool !== undefined) report(span, `this comment switches findings of "${tool}" off`);
    }
    for (const { name, value, span } of directives)
      if (name === "check" && /(?:^|;)\s?skip=/.test(value))
        report(span, 'this directive switches findings of "docker build --check" off');
  },
});

// `# hadolint shell=bash` and directives that switch nothing off pass.
const PRAGMAS =
  /^(?:(tguard|hadolint|tally)[ \t]{1,8}(?:(?:global|stage)[ \t]{1,8})?ignore[ \t]?=|(checkov):skip=|(trivy):ignore:|(kics)-scan[ \t]{1,8}(?:ignore|disable)|(nosemgrep|NOSONAR|nosec)\b)/i;

export default rule;
