import type { Report } from "../rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../shell/model.ts";
import type { PackageArgument } from "../shell/packages.ts";
import { commandsOf, packages, scriptOf } from "../shell/query.ts";
import { mayHideFlags } from "./helpers-packages.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";
import { instructionsOf, lookupVariable } from "./query.ts";

/** A package and the command that installs it. */
export interface Installed {
  readonly item: PackageArgument;
  readonly command: SimpleCommand;
  readonly script: Script;
  readonly run: RunInstruction;
  /** The word before the package; `undefined` when the package is the first argument. */
  readonly before: ShellWord | undefined;
  /** True behind `--`. */
  readonly isBehindDashes: boolean;
}

/** Report every package that one of the tools installs and `isPinned` is false for. */
export function reportUnpinned(
  dockerfile: Dockerfile,
  report: Report,
  tools: readonly string[],
  isPinned: (installed: Installed) => boolean,
): void {
  for (const run of instructionsOf(dockerfile, "run")) {
    const script = scriptOf(dockerfile, run);
    for (const command of commandsOf(script, tools)) {
      if (mayHideFlags(command)) continue;
      const { args } = command;
      const dashes = args.findIndex(({ text }) => text === "--");
      let place = 0;
      for (const item of packages(command)) {
        // Packages are in the order of the arguments.
        while (place < args.length && args[place] !== item.word) place++;
        const before = args[place - 1];
        const isBehindDashes = dashes !== -1 && place > dashes;
        if (isPinned({ item, command, script, run, before, isBehindDashes })) continue;
        const text = item.word.value ?? item.word.text;
        report(
          item.span,
          `"${text}" ${item.kind === "vcs" ? "names no revision" : "has no version"}`,
        );
      }
    }
  }
}

/** True for packages of yum and dnf with a version; what is no package by name has none to give. */
export function isRpmPinned(dockerfile: Dockerfile, installed: Installed): boolean {
  const { item, command } = installed;
  const action = command.args.find(({ text }) => !text.startsWith("-"))?.value;
  if (item.kind !== "package" || action === "groupinstall") return true;
  const text = item.word.value;
  // Streams of a module are its versions.
  if (action === "module") return (text ?? item.word.text).includes(":");
  if (text === undefined) return isVariableOfFile(dockerfile, installed);
  return /[<>=]/.test(text) || /\.rpm$/.test(text) || endsWithVersion(text);
}

/** `name-version` or `name-version-release`, where `java-11-openjdk` is a name: dnf(8), specifying packages. */
function endsWithVersion(text: string): boolean {
  const [last = "", before = "", ...more] = text.split("-").reverse();
  if (!/^[\w.~^+:*?]+$/.test(last) || before === "") return false;
  const isVersion = (part: string): boolean => /^(?:\d+:)?\d[\w.~^+*?]*$/.test(part);
  return isVersion(last) || (more.length > 0 && isVersion(before) && /\d/.test(last));
}

/** True when something in the file may give the variables of the word a value; then they may hold versions. */
function isVariableOfFile(
  dockerfile: Dockerfile,
  { item: { word }, command, script, run }: Installed,
): boolean {
  // Loops and functions have variables that nothing declares.
  if (word.hasSubstitution || command.context.isLoop) return true;
  if (command.context.functionName !== undefined) return true;
  return word.variables.some(
    (name) =>
      !/^[A-Za-z_]\w*$/.test(name) ||
      lookupVariable(dockerfile, run, name) !== undefined ||
      script.assignments.some((assignment) => assignment.name === name) ||
      script.commands.some(
        (other) => other.name === "read" && other.args.some(({ text }) => text === name),
      ),
  );
}
