/** Write docs/rules, one page a rule: `npx bun scripts/gen-rule-docs.ts`. Pages of rules that are gone are removed. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rulePage, rulesPage } from "../src/report/explain.ts";
import { rules } from "../src/rules/index.generated.ts";

/** Folder of the pages, with a slash at its end. */
export const ruleDocsFolder: string = fileURLToPath(new URL("../docs/rules/", import.meta.url));

/** Every page by file name. */
export function generateRuleDocs(): ReadonlyMap<string, string> {
  const metas = rules.map(({ meta }) => meta).sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map([
    ["README.md", rulesPage(metas)],
    ...metas.map((meta) => [`${meta.name}.md`, rulePage(meta)] as const),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = generateRuleDocs();
  mkdirSync(ruleDocsFolder, { recursive: true });
  for (const name of readdirSync(ruleDocsFolder)) {
    if (name.endsWith(".md") && !pages.has(name)) rmSync(ruleDocsFolder + name);
  }
  for (const [name, text] of pages) writeFileSync(ruleDocsFolder + name, text);
}
