/**
 * Start a rule: `npx bun scripts/new-rule.ts dockerfile|compose|image|bundle NAME`.
 * Writes the rule with the next free id, its test, and the index of rules; refuses to overwrite.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { rules } from "../src/rules/index.generated.ts";
import { generateRulesIndex, rulesIndexPath } from "./gen-rules-index.ts";

const kinds = {
  dockerfile: {
    prefix: "DF",
    model: "dockerfile",
    bad: '"FROM alpine\\n"',
    good: '"FROM alpine:3.22\\n"',
  },
  compose: {
    prefix: "CO",
    model: "compose",
    bad: '"services:\\n  web:\\n    image: app:1\\n"',
    good: '"services: {}\\n"',
  },
  image: { prefix: "IM", model: "image", bad: "'{}'", good: "'{}'" },
  bundle: { prefix: "RT", model: "bundle", bad: "'{}'", good: "'{}'" },
} as const;
type Target = keyof typeof kinds;

/** The next id of a target after those taken; ids of rules that were removed are not given out again by hand. */
function nextId(target: Target): string {
  const { prefix } = kinds[target];
  const numbers = rules
    .filter(({ meta }) => meta.id.startsWith(prefix))
    .map(({ meta }) => Number(meta.id.slice(prefix.length)));
  return `${prefix}${Math.max(1000, ...numbers) + 1}`;
}

function ruleText(target: Target, name: string, id: string): string {
  const { model, bad, good } = kinds[target];
  const body =
    target === "compose"
      ? 'for (const { nameSpan } of compose.services) report(nameSpan, "what is so at this place");'
      : `if (${model}.text === "") report({ start: 0, end: 0 }, "what is so at this place");`;
  return `import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"${target}"> = defineRule({
  meta: {
    id: "${id}",
    name: "${name}",
    target: "${target}",
    severity: "medium",
    confidence: "high",
    summary: "What is reported, in one line",
    why: "What an attacker or an outage gains from it.",
    howToFix: "What to write instead.",
    bad: ${bad},
    good: ${good},
    since: "0.1.0",
    aliases: [],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/"],
  },

  check(${model}, report) {
    ${body}
  },
});

export default rule;
`;
}

function testText(target: Target, name: string): string {
  if (target === "dockerfile") {
    return `import rule from "../../../src/rules/dockerfile/${name}.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: ["FROM alpine:3.22"],
  found: [
    \`
    FROM alpine
         ~~~~~~ what is so at this place
    \`,
  ],
});
`;
  }
  if (target === "compose") {
    return `import rule from "../../../src/rules/compose/${name}.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: ["services: {}"],
  found: [
    \`
    services:
      web:
      ~~~ what is so at this place
        image: app:1
    \`,
  ],
});
`;
  }
  const snippet = `${target}ModelFromSnippet`;
  return `import rule from "../../../src/rules/${target}/${name}.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { ${snippet} } from "../../support/snippets.ts";

testModelRule(rule, ${snippet}, {
  clean: ["{}"],
  found: [{ source: "{}", findings: [{ text: "{}", message: "what is so at this place" }] }],
});
`;
}

function main([target = "", name = ""]: readonly string[]): void {
  if (!(target in kinds) || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
    process.stderr.write("usage: new-rule.ts dockerfile|compose|image|bundle kebab-case-name\n");
    process.exitCode = 2;
    return;
  }
  const root = fileURLToPath(new URL("../", import.meta.url));
  const kind = target as Target;
  const files = [
    [`src/rules/${kind}/${name}.ts`, ruleText(kind, name, nextId(kind))],
    [`test/rules/${kind}/${name}.test.ts`, testText(kind, name)],
  ] as const;
  const taken = files.find(([path]) => existsSync(root + path));
  if (taken !== undefined) {
    process.stderr.write(`new-rule: ${taken[0]} is there already\n`);
    process.exitCode = 2;
    return;
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text, { flag: "wx" });
    process.stdout.write(`${path}\n`);
  }
  writeFileSync(rulesIndexPath, generateRulesIndex());
}

main(process.argv.slice(2));
