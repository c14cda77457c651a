import { closest } from "../base/suggest.ts";
import type { Rule } from "./rule.ts";

/** Rules by everything people call them: id, name, `tool:ID`, and the bare id of another tool. */
export interface RuleIndex {
  readonly rules: readonly Rule[];
  readonly byId: ReadonlyMap<string, Rule>;
  /** Rules that a word means, none if it means nothing; letter case does not matter. */
  find(word: string): readonly Rule[];
  /** Rules that another tool's id means: `findAlias("hadolint", "DL3008")`. */
  findAlias(tool: string, id: string): readonly Rule[];
  /** The known word nearest to an unknown one, if one is near. */
  suggest(word: string): string | undefined;
}

/** Build the index; the cost is a few microseconds a rule. */
export function indexRules(rules: readonly Rule[]): RuleIndex {
  const byId = new Map(rules.map((rule) => [rule.meta.id, rule]));
  const words = new Map<string, Rule[]>();
  const add = (word: string, rule: Rule): void => {
    const key = word.toLowerCase();
    const known = words.get(key);
    if (known === undefined) words.set(key, [rule]);
    else if (!known.includes(rule)) known.push(rule);
  };
  for (const rule of rules) {
    add(rule.meta.id, rule);
    add(rule.meta.name, rule);
    for (const alias of rule.meta.aliases) {
      add(alias, rule);
      add(alias.slice(alias.indexOf(":") + 1), rule);
    }
  }
  // Our own ids and names win over another tool's id that is spelled alike.
  for (const rule of rules) {
    words.set(rule.meta.id.toLowerCase(), [rule]);
    words.set(rule.meta.name.toLowerCase(), [rule]);
  }
  return {
    rules,
    byId,
    find: (word) => words.get(word.toLowerCase()) ?? [],
    findAlias: (tool, id) => words.get(`${tool}:${id}`.toLowerCase()) ?? [],
    suggest: (word) =>
      closest(
        word,
        rules.flatMap(({ meta }) => [meta.id, meta.name]),
      ),
  };
}
