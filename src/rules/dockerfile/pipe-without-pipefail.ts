import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import {
  effectiveShell,
  externalBase,
  stageInstructions,
  stageOf,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Pipeline, Script, SimpleCommand } from "../../audit/shell/model.ts";
import { innermost, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1040",
    name: "pipe-without-pipefail",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "RUN pipes without pipefail",
    why: "The shell asks only whether the last program of a pipe worked. When the download in `curl … | tar x` or `wget … | sh` breaks off, the build goes on with half of the files, and the broken layer is kept in the cache.",
    howToFix:
      'Write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` above the `RUN` (`/bin/ash` on Alpine), or begin with `set -o pipefail` in a shell that knows it. dash, the `/bin/sh` of Debian, does not.',
    bad: "FROM debian:12\nRUN curl -fsSL https://example.com/app.tar | tar x\n",
    good: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/app.tar | tar x\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL4006",
      "kics:efbf148a-67e9-42d2-ac47-02fa1c0d0b22",
      "semgrep:set-pipefail",
      "droast:DF057",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#using-pipes",
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_02",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      // One SHELL does for all that stand below it.
      let isFixed = false;
      for (const run of stageInstructions(stage, "run")) {
        if (run.command.form === "exec") continue;
        const found = lostStatus(dockerfile, run, scriptOf(dockerfile, run));
        if (found === undefined) continue;
        const fix = isFixed ? undefined : withShell(dockerfile, run);
        isFixed = true;
        const [word] = found.words;
        report(
          word?.span ?? found.span,
          `status of "${found.name ?? "the command"}" is lost in a pipe`,
          fix && { fix },
        );
      }
    }
  },
});

/** The first command whose failure a pipe of the script hides. */
function lostStatus(
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
function isAshBase(dockerfile: Dockerfile, run: RunInstruction): boolean | undefined {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return undefined;
  const { repository, tag = "", isNameKnown, isResolved } = externalBase(dockerfile, stage);
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  if (ASH_BASES.test(name) || /alpine|busybox/.test(`${name}:${tag}`)) return true;
  return isNameKnown && isResolved ? false : undefined;
}

/** SHELL above the RUN and the comments that belong to it. */
function withShell(dockerfile: Dockerfile, run: RunInstruction): Fix | undefined {
  if (run.command.form === "heredoc" && run.command.interpreter !== undefined) return undefined;
  const shell = effectiveShell(dockerfile, run);
  const isAsh = isAshBase(dockerfile, run);
  if (isAsh === undefined || (shell !== undefined && shell.argv.length !== 2)) return undefined;
  const program = isAsh ? "/bin/ash" : "/bin/bash";
  const start = run.commentsAbove[0]?.span.start ?? run.span.start;
  return {
    title: `give "${program}" the option pipefail`,
    safe: false,
    edits: [
      { span: { start, end: start }, text: `SHELL ["${program}", "-o", "pipefail", "-c"]\n` },
    ],
  };
}

export default rule;
