import type { OptionReader, OptionValue, RuleOptions } from "./rule.ts";

/** Values that a configuration set, by option name; checked against the rule's `options` where it is read. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

const noOptions: RuleOptions = {};
const nothingSet: OptionValues = {};

/** The reader that a rule's `check` gets: what is set, else the default. */
export function optionReader(
  ruleName: string,
  declared: RuleOptions = noOptions,
  set: OptionValues = nothingSet,
): OptionReader {
  const value = (name: string): OptionValue => {
    const option = declared[name];
    if (option === undefined) throw new Error(`rule ${ruleName} declares no option "${name}"`);
    return set[name] ?? option.default;
  };
  const typed = <T extends OptionValue>(name: string, isIt: (v: OptionValue) => v is T): T => {
    const found = value(name);
    if (!isIt(found)) throw new Error(`rule ${ruleName}: option "${name}" has another type`);
    return found;
  };
  return {
    boolean: (name) => typed(name, (v) => typeof v === "boolean"),
    number: (name) => typed(name, (v) => typeof v === "number"),
    string: (name) => typed(name, (v) => typeof v === "string"),
    strings: (name) => typed(name, (v): v is readonly string[] => typeof v === "object"),
  };
}

/** Problem of one value against a rule's declaration; `undefined` when it fits. */
export function optionProblem(
  declared: RuleOptions,
  name: string,
  value: unknown,
): string | undefined {
  const option = declared[name];
  if (option === undefined) return `the rule has no option "${name}"`;
  const wanted = typeof option.default;
  if (wanted === "object") {
    return Array.isArray(value) && value.every((item) => typeof item === "string")
      ? undefined
      : "expected a list of texts";
  }
  return typeof value === wanted ? undefined : `expected a ${wanted}`;
}
