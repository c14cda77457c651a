import type { Pipeline, Script, SimpleCommand } from "../shell/model.ts";
import { innermost } from "../shell/query.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";
import { effectiveShell, externalBase, stageOf } from "./query.ts";

/** The first command whose failure a pipe of the script hides. */
export function lostStatus(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
): SimpleCommand | undefined {
  for (const pipeline of script.pipelines) {
    const [first] = pipeline.parts[0] ?? [];
    if (pipeline.parts.length < 2 || first === undefined || first.context.nesting > 0) continue;
    if (pipeline.isNegated || isTested(script, pipeline, first)) continue;
    if (hasPipefail(dockerfile, run, script, first)) continue;
    // What a part runs in `$( )` has a status that is not its own.
    const failing = pipeline.parts
      .slice(0, -1)
      .flat()
      .find((command) => command.nestedIn === first.nestedIn && canFail(script, command));
    if (failing !== undefined) return innermost(script, failing);
  }
  return undefined;
}

/** The first command of a script's own pipes whose failure would be hidden, however little can fail in it. */
export function pipedWithoutPipefail(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
): SimpleCommand | undefined {
  for (const { parts } of script.pipelines) {
    const [first] = parts[0] ?? [];
    if (parts.length < 2 || first === undefined || first.context.nesting > 0) continue;
    if (!hasPipefail(dockerfile, run, script, first)) return innermost(script, first);
  }
  return undefined;
}

/** These write what they are given, and nothing else. */
const NEVER_FAILS = ["echo", "printf", "yes", "true", ":"];

function canFail(script: Script, command: SimpleCommand): boolean {
  return (
    command.runBy === undefined && !NEVER_FAILS.includes(innermost(script, command).name ?? "")
  );
}

/**
 * The condition of `if` or `while`, which asks for the last command. A `$( )` counts only where its status is that of
 * the command, in `X=$( )`: in a test, in the list of a loop, among the words of a command pipefail changes nothing.
 */
function isTested(
  { commands, assignments }: Script,
  { parts, span }: Pipeline,
  { index, context, nestedIn }: SimpleCommand,
): boolean {
  if (!context.isSubstitution) {
    const next = commands[index + parts.flat().length];
    return context.isCondition && next?.operator !== "&&" && next?.operator !== "||";
  }
  return (
    nestedIn !== undefined ||
    !assignments.some((other) => other.span.start <= span.start && span.end <= other.span.end)
  );
}

/** True when the shell that reads the pipe knows pipefail and was told. */
function hasPipefail(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  first: SimpleCommand,
): boolean {
  const isSet = script.commands.some(
    ({ name, args, index }) =>
      name === "set" && index < first.index && args.some(({ value }) => value === "pipefail"),
  );
  if (isSet) return first.options.pipefail;
  if (!first.options.pipefail && !isGivenByShell(dockerfile, run)) return false;
  // dash stops at the unknown option only when it reads `set`; as `sh -o pipefail` it is a bet on the base image.
  if (script.shell !== "sh" && script.shell !== "dash") return true;
  return script.shell === "sh" && isAshBase(dockerfile, run) !== false;
}

/** SHELL with `-o pipefail`, `-eo pipefail` anywhere in it; the script of a `#!` line has a shell of its own. */
function isGivenByShell(dockerfile: Dockerfile, { command, ...run }: RunInstruction): boolean {
  if (command.form === "heredoc" && command.interpreter !== undefined) return false;
  const argv = effectiveShell(dockerfile, { ...run, command })?.argv ?? [];
  return argv.some(
    ({ text }, i) => text === "pipefail" && /^-[A-Za-z]*o$/.test(argv[i - 1]?.text ?? ""),
  );
}

// Images whose /bin/sh is BusyBox's ash; their variants say so in the tag (node:22-alpine).
const ASH_BASES = /^(?:alpine|busybox|docker|wolfi-base|gliderlabs-alpine)$/;

/** `undefined` when the base image is not known. */
export function isAshBase(dockerfile: Dockerfile, run: RunInstruction): boolean | undefined {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return undefined;
  const { repository, tag = "", isNameKnown, isResolved } = externalBase(dockerfile, stage);
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  if (ASH_BASES.test(name) || /alpine|busybox/.test(`${name}:${tag}`)) return true;
  return isNameKnown && isResolved ? false : undefined;
}
