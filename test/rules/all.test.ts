import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { generateRuleDocs, ruleDocsFolder } from "../../scripts/gen-rule-docs.ts";
import { generateRulesIndex, rulesIndexPath } from "../../scripts/gen-rules-index.ts";
import { parseCompose } from "../../src/audit/compose/parse.ts";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import type { Rule, RuleMeta, Targets } from "../../src/audit/rule.ts";
import { rules } from "../../src/rules/index.generated.ts";
import { contextOf, findingsOf } from "../support/rule-tester.ts";
import { bundleModelFromSnippet, imageModelFromSnippet } from "../support/snippets.ts";

const source = fileURLToPath(new URL("../../src/rules/", import.meta.url));
const tests = fileURLToPath(new URL("./", import.meta.url));

const idForms: Readonly<Record<keyof Targets, RegExp>> = {
  dockerfile: /^DF\d{4}$/,
  image: /^IM\d{4}$/,
  bundle: /^(?:RT|SP)\d{4}$/,
  compose: /^CO\d{4}$/,
};

/** Places that the rule reports in one of its own examples. */
function count(rule: Rule, example: string): number {
  switch (rule.meta.target) {
    case "dockerfile":
      return findingsOf(
        rule,
        parseDockerfile(example, rule.meta.context && contextOf(rule.meta.context)),
        rule.meta.exampleOptions,
      ).length;
    case "image":
      return findingsOf(rule, imageModelFromSnippet(example)).length;
    case "compose":
      return findingsOf(rule, parseCompose(example), rule.meta.exampleOptions).length;
    case "bundle":
      return findingsOf(rule, bundleModelFromSnippet(example)).length;
  }
}

function duplicates(words: readonly string[]): readonly string[] {
  return words.filter((word, i) => words.indexOf(word) !== i);
}

test("ids and names are unique", () => {
  expect(duplicates(rules.map(({ meta }) => meta.id))).toEqual([]);
  expect(duplicates(rules.map(({ meta }) => meta.name))).toEqual([]);
});

test("the index lists every file: else run scripts/gen-rules-index.ts", () => {
  expect(readFileSync(rulesIndexPath, "utf8")).toBe(generateRulesIndex());
});

test("docs/rules is what the rules say: else run scripts/gen-rule-docs.ts", () => {
  const pages = generateRuleDocs();
  expect(readdirSync(ruleDocsFolder).sort()).toEqual([...pages.keys()].sort());
  for (const [name, text] of pages)
    expect(readFileSync(ruleDocsFolder + name, "utf8"), name).toBe(text);
});

describe.each(rules.map((rule) => [`${rule.meta.id} ${rule.meta.name}`, rule] as const))(
  "%s",
  (_, rule) => {
    const meta: RuleMeta<keyof Targets> = rule.meta;

    test("its id and name are well formed, its file is called by its name and has a test", () => {
      expect(meta.id).toMatch(idForms[meta.target]);
      expect(meta.name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
      expect(existsSync(`${source}${meta.target}/${meta.name}.ts`)).toBe(true);
      expect(existsSync(`${tests}${meta.target}/${meta.name}.test.ts`)).toBe(true);
    });

    test("its words are there", () => {
      expect(meta.summary).toMatch(/^[A-Z`"].*[^.\s]$/);
      expect(meta.summary.length).toBeLessThanOrEqual(100);
      expect(meta.why.trim().length).toBeGreaterThan(20);
      expect(meta.howToFix.trim().length).toBeGreaterThan(10);
      expect(meta.since).toMatch(/^\d+\.\d+\.\d+$/);
    });

    test("its references are https addresses", () => {
      expect(meta.references.length).toBeGreaterThan(0);
      for (const reference of meta.references) expect(new URL(reference).protocol).toBe("https:");
    });

    test("its aliases and weaknesses are well formed, and none is there twice", () => {
      for (const alias of meta.aliases) expect(alias).toMatch(/^[a-z][a-z0-9_-]*:[^\s,]+$/);
      for (const cwe of meta.cwe) expect(cwe).toMatch(/^CWE-[1-9]\d*$/);
      expect(duplicates([...meta.aliases, ...meta.cwe])).toEqual([]);
    });

    test("it reports its bad example and is silent about its good one", () => {
      expect(count(rule, meta.bad)).toBeGreaterThan(0);
      expect(count(rule, meta.good)).toBe(0);
    });
  },
);
