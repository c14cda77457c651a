import { languageOf, type RuleMeta, type Targets } from "../audit/rule.ts";
import { levelOf } from "../audit/severity.ts";

type Meta = RuleMeta<keyof Targets>;

/** What a rule looks at, in words. */
export const targetNames: Readonly<Record<keyof Targets, string>> = {
  dockerfile: "Dockerfile",
  image: "image",
  bundle: "bundle",
  compose: "compose file",
};

/**
 * The page of a rule, in Markdown: `docs/rules/NAME.md` and, made readable for a terminal, `tguard rules show`.
 */
export function rulePage(meta: Meta): string {
  const facts = [
    `- Target: ${targetNames[meta.target]}`,
    `- Severity: ${meta.severity} (SARIF level ${levelOf(meta.severity)})`,
    `- Confidence: ${meta.confidence}`,
    `- Profile: ${meta.profile ?? "recommended"}`,
    `- Since: ${meta.since}`,
    ...listFact("Weakness", meta.cwe),
    ...listFact("Benchmarks", meta.benchmarks ?? []),
    ...listFact("In other tools", meta.aliases),
  ];
  return `# ${meta.id} ${meta.name}

${meta.summary}.

${facts.join("\n")}

${ruleHelp(meta)}
${optionsPart(meta)}## Suppress it

${suppression(meta)}
`;
}

/** The part of the page that a SARIF viewer shows beside a result: why, how to fix, examples, references. */
export function ruleHelp(meta: Meta): string {
  const language = languageOf(meta.target);
  const references = meta.references.map((url) => `- <${url}>`).join("\n");
  return `## Why

${meta.why.trim()}

## How to fix

${meta.howToFix.trim()}

## Bad

${fence(language, meta.bad)}

## Good

${fence(language, meta.good)}

## References

${references}
`;
}

/** What a team may set, or nothing. */
function optionsPart({ name, options = {} }: Meta): string {
  const entries = Object.entries(options);
  if (entries.length === 0) return "";
  const items = entries.map(
    ([option, { default: value, description }]) =>
      `- \`${option}\` (default \`${JSON.stringify(value)}\`): ${description}`,
  );
  return `## Options

Set below \`audit\` in \`.tguard.yaml\`, as \`rules: { ${name}: { options: { … } } }\`.

${items.join("\n")}

`;
}

function listFact(name: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`- ${name}: ${items.join(", ")}`];
}

function suppression(meta: Meta): string {
  const off = `rules: { ${meta.name}: { severity: off } }`;
  if (meta.target === "compose")
    return `Put \`# tguard ignore=${meta.name}\` and a reason on the line of the setting or above it, or above the
service, or set \`${off}\` below \`audit\` in \`.tguard.yaml\`.`;
  return meta.target === "dockerfile"
    ? `Put \`# tguard ignore=${meta.name}\` and a reason on the line above the instruction, or set
\`${off}\` below \`audit\` in \`.tguard.yaml\`.`
    : `Set \`${off}\` below \`audit\` in \`.tguard.yaml\`.`;
}

/** A fence that no line of the code ends early. */
function fence(language: string, code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${code.replace(/\n+$/, "")}\n${ticks}`;
}

/** Markdown of the table of all rules, `docs/rules/README.md`. */
export function rulesPage(rules: readonly Meta[]): string {
  const parts = (Object.keys(targetNames) as (keyof Targets)[]).map((target) => {
    const rows = rules
      .filter((rule) => rule.target === target)
      .map((r) => `| ${r.id} | [${r.name}](${r.name}.md) | ${r.severity} | ${cell(r.summary)} |`);
    if (rows.length === 0) return "";
    const name = targetNames[target];
    return `
## ${name[0]?.toUpperCase()}${name.slice(1)} rules

| id | name | severity | what it reports |
|---|---|---|---|
${rows.join("\n")}
`;
  });
  return `# Rules of \`tguard audit\`

${rules.length} rules. \`tguard rules\` prints this list, \`tguard rules show RULE\` one page of it.
These pages are made from the rules by \`scripts/gen-rule-docs.ts\`.
${parts.join("")}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s+/g, " ");
}
