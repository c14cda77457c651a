import { expect, test } from "vitest";
import { rulePage, rulesPage } from "../../src/report/explain.ts";
import { formatRule, formatRuleList } from "../../src/report/rule-text.ts";
import { makeRule } from "../support/rules.ts";

const { meta } = makeRule(
  {
    id: "DF9001",
    name: "loud-dog",
    summary: "A dog | is loud",
    aliases: ["hadolint:DL1"],
    cwe: ["CWE-1"],
    benchmarks: ["CIS-Docker-4.1"],
    bad: "FROM `x`\n# comment ```\n",
  },
  () => {},
);

test("the page of a rule", () => {
  expect(rulePage(meta)).toBe(`# DF9001 loud-dog

A dog | is loud.

- Target: Dockerfile
- Severity: medium (SARIF level warning)
- Confidence: high
- Profile: recommended
- Since: 0.1.0
- Weakness: CWE-1
- Benchmarks: CIS-Docker-4.1
- In other tools: hadolint:DL1

## Why

It shows how \`reports\` look.

## How to fix

Write \`FROM alpine:3.22\`. Nothing else helps.

## Bad

\`\`\`\`dockerfile
FROM \`x\`
# comment \`\`\`
\`\`\`\`

## Good

\`\`\`dockerfile
FROM alpine:3.22
\`\`\`

## References

- <https://docs.docker.com/reference/dockerfile/#from>

## Suppress it

Put \`# tguard ignore=loud-dog\` and a reason on the line above the instruction, or set
\`rules: { loud-dog: { severity: off } }\` below \`audit\` in \`.tguard.yaml\`.
`);
});

test("the table of rules", () => {
  const page = rulesPage([meta]);
  expect(page).toContain("1 rules.");
  expect(page).toContain("| DF9001 | [loud-dog](loud-dog.md) | medium | A dog \\| is loud |");
  expect(page).not.toContain("Bundle rules");
});

test("the page in a terminal: bars beside the examples, no Markdown marks", () => {
  const text = formatRule(meta, { isColoured: false, columns: 60 });
  expect(text).toContain("  | FROM `x`\n  | # comment ```\n");
  expect(text).toContain("\nWrite FROM alpine:3.22. Nothing else helps.\n");
  expect(text).not.toMatch(/^#|^````/m);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
});

test("colour changes nothing else", () => {
  const options = { columns: 60 };
  const coloured = formatRule(meta, { ...options, isColoured: true });
  expect(coloured).toContain("\x1b[31m|\x1b[39m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are the subject
  expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(
    formatRule(meta, { ...options, isColoured: false }),
  );
});

test("the list of rules", () => {
  expect(formatRuleList([meta], { isColoured: false, columns: 100 })).toBe(
    "id      name     target     severity summary\nDF9001  loud-dog dockerfile medium   A dog | is loud\n",
  );
});
