import type { SimpleCommand } from "../shell/model.ts";
import { isShell, scriptOf } from "../shell/query.ts";
import type { CmdInstruction, Dockerfile, EntrypointInstruction, Stage } from "./model.ts";
import { effective, externalBase, stageOf } from "./query.ts";

/** What a container of the stage's image starts: ENTRYPOINT, else CMD; `undefined` when the base image says. */
export function startOf(
  dockerfile: Dockerfile,
  stage: Stage,
): EntrypointInstruction | CmdInstruction | undefined {
  const entrypoint = effective(dockerfile, stage, "entrypoint");
  if (entrypoint !== undefined && !isEmpty(entrypoint)) return entrypoint;
  const cmd = effective(dockerfile, stage, "cmd");
  return cmd === undefined || isEmpty(cmd) ? undefined : cmd;
}

function isEmpty({ command }: EntrypointInstruction | CmdInstruction): boolean {
  return command.form === "exec" ? command.argv.length === 0 : command.script.text.trim() === "";
}

/**
 * Commands that a shell as process 1 runs; `undefined` when no POSIX shell stays process 1: bash gives its place to a
 * lone command by itself.
 */
export function shellStartCommands(
  dockerfile: Dockerfile,
  start: EntrypointInstruction | CmdInstruction,
): readonly SimpleCommand[] | undefined {
  const { state, commands, shell } = scriptOf(dockerfile, start);
  if (state !== "parsed") return undefined;
  if (start.command.form !== "exec") {
    const isBash = shell === "bash" || (shell === "sh" && hasBashAsSh(dockerfile, start));
    return isBash && commands.length === 1 ? undefined : commands;
  }
  const [first, ...rest] = commands;
  if (first === undefined || !isShell(first)) return undefined;
  if (!rest.some(({ nestedIn }) => nestedIn === first.index)) return undefined;
  return first.name === "bash" && rest.length === 1 ? undefined : rest;
}

// Red Hat's family links /bin/sh to bash; `-c9s` and `-el9` are its releases in names of images.
const BASH_BASES =
  /(?:^|[/_-])(?:fedora|centos|rhel\d*|ubi\d*|rockylinux|almalinux|amazonlinux|oraclelinux)(?:$|[/:_-])|-(?:c\d+s|el\d+|rhel\d+)(?:$|:)/;

function hasBashAsSh(
  dockerfile: Dockerfile,
  start: EntrypointInstruction | CmdInstruction,
): boolean {
  const stage = stageOf(dockerfile, start);
  return stage !== undefined && BASH_BASES.test(externalBase(dockerfile, stage).reference);
}

/** True when the shell gives its place to the program, or handles signals itself. */
export function passesSignals(commands: readonly SimpleCommand[]): boolean {
  return commands.some(({ name }) => name === "exec" || name === "trap");
}
