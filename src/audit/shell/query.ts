import { argumentsOf, type GivenFlag } from "./flags.ts";
import type { Script, ShellWord, SimpleCommand } from "./model.ts";
import { SHELLS } from "./options.ts";

export { argumentsOf, type GivenFlag } from "./flags.ts";
export { installation, packages } from "./packages.ts";
export { type CommandInstruction, MAX_SCRIPT_LENGTH, scriptOf, scriptOfHeredoc } from "./parse.ts";

/* Questions about the commands of a script. None of them looks at text: only at words and flags. */

type ByWord = ReadonlyMap<string, readonly SimpleCommand[]>;

const namesIn = new WeakMap<Script, ByWord>();
const toolsIn = new WeakMap<Script, ByWord>();
const NONE: readonly SimpleCommand[] = [];

/** Commands whose base name is one of `names`, in order; those that a wrapper runs are among them. */
export function commandsNamed(
  script: Script,
  names: string | readonly string[],
): readonly SimpleCommand[] {
  return select(
    indexed(namesIn, script, ({ name }) => name),
    names,
  );
}

/** Commands by tool: `pip` finds `pip3`, `pip3.11` and `python3 -m pip`; else as `commandsNamed`. */
export function commandsOf(
  script: Script,
  tools: string | readonly string[],
): readonly SimpleCommand[] {
  return select(
    indexed(toolsIn, script, (command) => argumentsOf(command).tool),
    tools,
  );
}

/** Hundreds of rules ask for a program that a script seldom runs: each command is looked at once. */
function indexed(
  known: WeakMap<Script, ByWord>,
  script: Script,
  wordOf: (command: SimpleCommand) => string | undefined,
): ByWord {
  const before = known.get(script);
  if (before !== undefined) return before;
  const byWord = new Map<string, SimpleCommand[]>();
  for (const command of script.commands) {
    const word = wordOf(command);
    if (word === undefined) continue;
    const list = byWord.get(word);
    if (list === undefined) byWord.set(word, [command]);
    else list.push(command);
  }
  known.set(script, byWord);
  return byWord;
}

function select(byWord: ByWord, words: string | readonly string[]): readonly SimpleCommand[] {
  if (typeof words === "string") return byWord.get(words) ?? NONE;
  let found = NONE;
  let isMixed = false;
  for (const word of words) {
    const more = byWord.get(word);
    if (more === undefined || more === found) continue;
    isMixed = found.length > 0;
    found = isMixed ? [...found, ...more] : more;
  }
  return isMixed ? [...new Set(found)].sort((a, b) => a.index - b.index) : found;
}

const firstOf = new WeakMap<Script, WeakMap<object, number>>();

/**
 * True when a command in front of `command` passes; each is tested once a script.
 * @param question identifies `test`: the same object means the same question
 */
export function hasCommandBefore(
  script: Script,
  command: SimpleCommand,
  question: object,
  test: (other: SimpleCommand) => boolean,
): boolean {
  let answers = firstOf.get(script);
  if (answers === undefined) {
    answers = new WeakMap();
    firstOf.set(script, answers);
  }
  let first = answers.get(question);
  if (first === undefined) {
    const at = script.commands.findIndex(test);
    first = at === -1 ? Number.POSITIVE_INFINITY : at;
    answers.set(question, first);
  }
  return first < command.index;
}

/** True when one of the flags is given: alone, in a bundle (`-yqq` has `-y` and `-q`), or with `=value`. */
export function hasFlag(command: SimpleCommand, ...names: readonly string[]): boolean {
  return findFlag(command, ...names) !== undefined;
}

/** The last given flag of these names. A name of several letters with one dash (`-qq`) must be the whole word. */
export function findFlag(
  command: SimpleCommand,
  ...names: readonly string[]
): GivenFlag | undefined {
  return argumentsOf(command).flags.findLast(
    ({ name, word }) =>
      names.includes(name) || (/^-[^-]./.test(word.text) && names.includes(word.text)),
  );
}

/** How often a flag is given: `-qq` and `-q -q` have 2. */
export function countFlag(command: SimpleCommand, ...names: readonly string[]): number {
  return argumentsOf(command).flags.filter(({ name }) => names.includes(name)).length;
}

/** Value of the last of these flags; `undefined` when not given or not known. */
export function flagValue(command: SimpleCommand, ...names: readonly string[]): string | undefined {
  return findFlag(command, ...names)?.value;
}

/** Every value given for these flags (`-o a -o b`), unknown ones left out. */
export function flagValues(command: SimpleCommand, ...names: readonly string[]): string[] {
  return argumentsOf(command).flags.flatMap(({ name, value }) =>
    names.includes(name) && value !== undefined ? [value] : [],
  );
}

/** Arguments that are neither flags, nor values of flags, nor the subcommand. */
export function operands(command: SimpleCommand): readonly ShellWord[] {
  return argumentsOf(command).operands;
}

/** `install` of `apt-get -y install curl`; `undefined` for tools without subcommands, or when unknown. */
export function subcommand(command: SimpleCommand): string | undefined {
  return argumentsOf(command).subcommand?.value;
}

/** True when the command is `tool` with one of these subcommands. */
export function isSubcommand(
  command: SimpleCommand,
  tools: readonly string[],
  subcommands: readonly string[],
): boolean {
  const { tool, subcommand: given } = argumentsOf(command);
  return tools.includes(tool) && given?.value !== undefined && subcommands.includes(given.value);
}

/** Commands behind this one in the script, in order. */
export function commandsAfter(
  { commands }: Script,
  command: SimpleCommand,
): readonly SimpleCommand[] {
  return commands.slice(command.index + 1);
}

/** Commands that read what this one writes into a pipe: those of the later parts of its pipeline. */
export function pipeReaders(
  { pipelines }: Script,
  command: SimpleCommand,
): readonly SimpleCommand[] {
  return pipelines[command.pipeline]?.parts.slice(command.place + 1).flat() ?? [];
}

/** True when the command stands in a pipe of at least two parts. */
export function isPiped({ pipelines }: Script, command: SimpleCommand): boolean {
  return (pipelines[command.pipeline]?.parts.length ?? 0) > 1;
}

/** The command that a chain of wrappers ends at: `apt-get` for `sudo env A=b apt-get`. */
export function innermost({ commands }: Script, command: SimpleCommand): SimpleCommand {
  let inner = command;
  while (inner.runs !== undefined) {
    const next = commands[inner.runs];
    if (next === undefined) break;
    inner = next;
  }
  return inner;
}

/** Commands that are no wrappers: of `sudo apt-get update` only `apt-get`. */
export function innermostCommands({ commands }: Script): SimpleCommand[] {
  return commands.filter(({ runs }) => runs === undefined);
}

/** True for `sh`, `bash`, … */
export function isShell({ name }: SimpleCommand): boolean {
  return name !== undefined && SHELLS.has(name);
}

/** Words that are (or begin as) URLs, flag values among them; `--url=https://…` counts too. */
export function urls({
  args,
}: SimpleCommand): { readonly url: string; readonly word: ShellWord }[] {
  return args.flatMap((word) => {
    const match = /^(?:--[\w-]+=)?((?:https?|ftp|git|ssh):\/\/.*)$/is.exec(
      word.value ?? word.prefix,
    );
    return match?.[1] === undefined ? [] : [{ url: match[1], word }];
  });
}

/** A path that a command deletes. */
export interface Removal {
  readonly command: SimpleCommand;
  /** As given, without trailing slashes and `/*`; `undefined` when unknown. */
  readonly path: string | undefined;
  readonly word: ShellWord;
}

const removed = new WeakMap<Script, readonly Removal[]>();

/** What `rm` and `find … -delete` remove, in order. */
export function removals(script: Script): readonly Removal[] {
  let found = removed.get(script);
  if (found === undefined) {
    found = readRemovals(script);
    removed.set(script, found);
  }
  return found;
}

function readRemovals({ commands }: Script): readonly Removal[] {
  return commands.flatMap((command): Removal[] => {
    const isFind = command.name === "find" && command.args.some(({ text }) => text === "-delete");
    if (command.name !== "rm" && command.name !== "rmdir" && !isFind) return [];
    const words = isFind ? operands(command).slice(0, 1) : operands(command);
    return words.map((word) => ({
      command,
      path: word.value?.replace(/(?<=.)\/+(?:\*|\.\*)?$/, ""),
      word,
    }));
  });
}

/** True when something behind `command` removes `path` or a directory above it. */
export function isRemovedAfter(script: Script, command: SimpleCommand, path: string): boolean {
  return removals(script).some(
    ({ command: by, path: gone }) =>
      by.index > command.index &&
      gone !== undefined &&
      gone !== "" &&
      (path === gone || path.startsWith(`${gone}/`)),
  );
}
