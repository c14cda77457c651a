/**
 * Commands that engines call for every container are described as data: a plainly right command line is read from the
 * table alone, and commander (2 ms to load) comes in only for help and for what is wrong.
 */

/** One option in commander's own notation: `-b, --bundle <dir>`, `--no-harden`. */
export interface OptionSpec {
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
}

/** Values by the long name in camel case; `--no-x` gives `x: false`. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Options in front of the command. */
export interface Globals {
  readonly root?: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly description: string;
  /** `<required>` first, then `[optional]`. */
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionSpec[];
  run(args: readonly string[], flags: Flags, globals: Globals): Promise<void>;
}

export const ROOT_OPTION: OptionSpec = {
  flags: "--root <dir>",
  description: "directory that the state of containers is kept in",
};

/** What an option means: flags set their key to `value`. */
export interface Known {
  readonly key: string;
  readonly takesValue: boolean;
  readonly value: boolean;
}

/** Every spelling of every option. */
export function knownOptions(options: readonly OptionSpec[]): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  for (const { flags } of options) {
    const takesValue = flags.includes("<");
    const names = flags.replace(/ <.*/, "").split(", ");
    const long = names.at(-1) ?? "";
    const negated = long.startsWith("--no-");
    const key = long
      .replace(/^--(no-)?/, "")
      .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    for (const name of names) known.set(name, { key, takesValue, value: !negated });
  }
  return known;
}

/** Defaults as commander has them: a `--no-x` option is on until it is given. */
function defaults(options: readonly OptionSpec[]): Record<string, string | boolean> {
  const values: Record<string, string | boolean> = {};
  for (const spec of options) {
    for (const { key, value } of knownOptions([spec]).values()) {
      if (!value) values[key] = true;
      else if (spec.default !== undefined) values[key] = spec.default;
    }
  }
  return values;
}

/** A command line that is plainly right. */
export interface QuickParsed {
  readonly args: readonly string[];
  readonly flags: Flags;
}

/** Read words by the table; undefined for anything that commander should look at (help, mistakes, unusual spellings). */
export function quickParse(spec: CommandSpec, words: readonly string[]): QuickParsed | undefined {
  const known = knownOptions(spec.options);
  const flags: Record<string, string | boolean> = defaults(spec.options);
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!word.startsWith("-") || word === "-") {
      args.push(word);
      continue;
    }
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const option = known.get(equals === -1 ? word : word.slice(0, equals));
    if (option === undefined) return undefined;
    if (!option.takesValue) {
      if (equals !== -1) return undefined;
      flags[option.key] = option.value;
      continue;
    }
    const value = equals === -1 ? words[++i] : word.slice(equals + 1);
    if (value === undefined || (equals === -1 && value.startsWith("-"))) return undefined;
    flags[option.key] = value;
  }
  const required = spec.arguments.filter(({ name }) => name.startsWith("<")).length;
  return args.length < required || args.length > spec.arguments.length
    ? undefined
    : { args, flags };
}
