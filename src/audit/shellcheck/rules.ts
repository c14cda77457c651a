import type { Severity } from "../finding.ts";
import type { Rule, RuleMeta, RuleProfile } from "../rule.ts";
import type { RuleIndex } from "../rule-index.ts";

/** Levels of ShellCheck. */
const SEVERITIES: Readonly<Record<string, Severity>> = {
  error: "high",
  warning: "medium",
  info: "low",
  style: "info",
};

const PROFILES: Readonly<Record<string, RuleProfile>> = {
  error: "recommended",
  warning: "recommended",
  info: "strict",
  style: "all",
};

export const severityOfLevel = (level: string): Severity => SEVERITIES[level] ?? "info";

/** The way back. */
export const levelOfSeverity = (severity: Severity): string =>
  Object.keys(SEVERITIES).find((level) => SEVERITIES[level] === severity) ?? "style";

const code = /^SC(\d{4})$/i;

/** ShellCheck's codes that a rule of ours looks for too: `SC2086`. */
export function codesOf({ aliases }: Pick<RuleMeta<"dockerfile">, "aliases">): readonly string[] {
  return aliases.flatMap((alias) => /^shellcheck:(SC\d{4})$/.exec(alias)?.[1] ?? []);
}

/**
 * An index that also knows ShellCheck's codes as rules, made when they are asked for: which there are depends on the
 * program's version. `rules` stays as it was.
 */
export interface ShellCheckIndex extends RuleIndex {
  ruleOfCode(id: string, level?: string): Rule;
}

export function withShellCheck(index: RuleIndex): ShellCheckIndex {
  const made = new Map<string, Rule>();
  // Where a rule of ours says the same, the profile that has it says how much it matters.
  const own = new Map<string, RuleProfile>();
  for (const { meta } of index.rules)
    for (const id of codesOf(meta)) own.set(id, meta.profile ?? "recommended");
  const ruleOfCode = (id: string, level = "warning"): Rule => {
    let rule = made.get(id);
    if (rule === undefined) {
      rule = makeRule(id, level, own.get(id) ?? PROFILES[level] ?? "all");
      made.set(id, rule);
    }
    return rule;
  };
  const codeIn = (word: string): readonly Rule[] => {
    const id = word.toUpperCase().replace(/^(?:SHELLCHECK|HADOLINT):/, "");
    return code.test(id) ? [ruleOfCode(id)] : [];
  };
  const tools = ["shellcheck", "hadolint"];
  return {
    ...index,
    ruleOfCode,
    find: (word) => [...index.find(word), ...codeIn(word)],
    findAlias: (tool, id) => [
      ...index.findAlias(tool, id),
      ...(tools.includes(tool) ? codeIn(id) : []),
    ],
  };
}

function makeRule(id: string, level: string, profile: RuleProfile): Rule {
  const page = `https://www.shellcheck.net/wiki/${id}`;
  const rule: Rule<"dockerfile"> = {
    meta: {
      id,
      name: `shellcheck-${id.slice(2)}`,
      target: "dockerfile",
      severity: severityOfLevel(level),
      confidence: "high",
      summary: `ShellCheck's ${id}, reported by the installed ShellCheck`,
      why: `What can go wrong is told with examples at ${page}.`,
      howToFix: `Write it as ${page} shows.`,
      bad: "",
      good: "",
      since: "0.1.0",
      profile,
      aliases: [`shellcheck:${id}`, `hadolint:${id}`],
      cwe: [],
      references: [page],
    },
    // The findings come from the program.
    check: () => {},
  };
  return rule as Rule;
}
