/**
 * Commands that engines call for every container are described as data: a plainly right command line is read from the
 * table alone, and commander (2 ms to load) comes in only for help and for what is wrong.
 */

/** One option in commander's own notation: `-b, --bundle <dir>`, `--no-harden`. */
export interface OptionSpec {
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
  /** May be given several times; the value is a list then. */
  readonly repeats?: true;
}

/** Values by the long name in camel case; `--no-x` gives `x: false`. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Options in front of the command. */
export interface Globals {
  readonly root?: string;
  /** File that errors and warnings are also written to, for engines. */
  readonly log?: string;
  readonly logFormat?: string;
  readonly debug?: boolean;
  readonly systemdCgroup?: boolean;
  readonly rootless?: string;
  readonly criu?: string;
  /** Profile for `run` and `create` where they are given none, for engines that take options of the runtime alone. */
  readonly profile?: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly description: string;
  /** `<required>` first, then `[optional]`. */
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  /** The first argument ends the options: what follows is a command line of its own (`exec`, `ps`). */
  readonly takesCommand?: true;
  readonly options: readonly OptionSpec[];
  run(args: readonly string[], flags: Flags, globals: Globals): Promise<void>;
}

/** Options that stand in front of every command, runc's. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: "--root <dir>", description: "directory that the state of containers is kept in" },
  { flags: "--log <file>", description: "file that errors and warnings are written to as well" },
  {
    flags: "--log-format <format>",
    description: "format of that file: text or json",
    default: "text",
  },
  { flags: "--debug", description: "log what is done, too" },
  { flags: "--systemd-cgroup", description: "have systemd make the control groups" },
  { flags: "--rootless <bool>", description: "ignored: tguard sees whether it is root" },
  { flags: "--criu <path>", description: "ignored: tguard makes no checkpoints" },
  {
    flags: "--profile <name>",
    description: "policy profile that run and create tighten bundles by",
  },
];

/** What an option means: flags set their key to `value`. */
export interface Known {
  readonly key: string;
  readonly takesValue: boolean;
  readonly value: boolean;
  readonly repeats: boolean;
}

/** Every spelling of every option. */
export function knownOptions(options: readonly OptionSpec[]): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  for (const { flags, repeats } of options) {
    const takesValue = flags.includes("<");
    const names = flags.replace(/ <.*/, "").split(", ");
    const long = names.at(-1) ?? "";
    const negated = long.startsWith("--no-");
    const key = long
      .replace(/^--(no-)?/, "")
      .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    // One dash does as well, as in every Go program.
    for (const name of [...names, long.slice(1)])
      known.set(name, { key, takesValue, value: !negated, repeats: repeats === true });
  }
  return known;
}

/** Defaults as commander has them: a `--no-x` option is on until it is given. */
function defaults(options: readonly OptionSpec[]): Record<string, string | boolean | string[]> {
  const values: Record<string, string | boolean | string[]> = {};
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

/** What strconv.ParseBool takes, as in `--detach=true`. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  "1": true,
  t: true,
  true: true,
  "0": false,
  f: false,
  false: false,
};

/**
 * Options and arguments by the table alone; undefined for anything that commander should look at (help, mistakes).
 * `stop`: the first argument ends the options.
 */
export function parseOptions(
  options: readonly OptionSpec[],
  words: readonly string[],
  stop: boolean,
): QuickParsed | undefined {
  const known = knownOptions(options);
  const flags = defaults(options);
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") return { args: [...args, ...words.slice(i + 1)], flags };
    if (!word.startsWith("-") || word === "-") {
      if (stop) return { args: words.slice(i), flags };
      args.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const option = known.get(equals === -1 ? word : word.slice(0, equals));
    const given = equals === -1 ? undefined : word.slice(equals + 1);
    if (option === undefined) return undefined;
    if (!option.takesValue) {
      const on = given === undefined ? true : BOOLEANS[given.toLowerCase()];
      if (on === undefined) return undefined;
      flags[option.key] = on === option.value;
      continue;
    }
    const value = given ?? words[++i];
    if (value === undefined) return undefined;
    const before = flags[option.key];
    flags[option.key] = option.repeats ? [...(Array.isArray(before) ? before : []), value] : value;
  }
  return { args, flags };
}

/** Read a command's words by its table; undefined when commander should. */
export function quickParse(spec: CommandSpec, words: readonly string[]): QuickParsed | undefined {
  const parsed = parseOptions(spec.options, words, spec.takesCommand === true);
  if (parsed === undefined) return undefined;
  const required = spec.arguments.filter(({ name }) => name.startsWith("<")).length;
  const isMany = spec.takesCommand !== true && parsed.args.length > spec.arguments.length;
  return parsed.args.length < required || isMany ? undefined : parsed;
}

/** The value of an option that takes one. */
export function textOf(value: Flags[string]): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The values of an option that repeats. */
export function listOf(value: Flags[string]): readonly string[] {
  return Array.isArray(value) ? value : [];
}
