import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import type { Dockerfile, Instruction, RunInstruction } from "../../audit/dockerfile/model.ts";
import {
  instructionsOf,
  isCacheMounted,
  stageChain,
  stageOf,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsOf,
  flagValue,
  hasFlag,
  operands,
  removals,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1321",
    name: "yarn-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`yarn install` leaves its cache in the layer",
    why: "Yarn 1 keeps a copy of every package it installs. In the image it is of no use and often larger than `node_modules`.",
    howToFix:
      "End the same `RUN` with `yarn cache clean`, or mount a cache: `RUN --mount=type=cache,target=/usr/local/share/.cache/yarn`.",
    bad: "FROM node:22\nRUN yarn install --frozen-lockfile\n",
    good: "FROM node:22\nRUN yarn install --frozen-lockfile && yarn cache clean\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3060",
      "datadog-iac:9e13082c-2e00-278b-8ee9-34f43fffc791",
      "droast:DF055",
    ],
    cwe: ["CWE-710"],
    references: ["https://classic.yarnpkg.com/en/docs/cli/cache"],
  },

  check(dockerfile, report) {
    const signs = berrySigns(dockerfile);
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInShippedLayers(dockerfile, run)) continue;
      const script = scriptOf(dockerfile, run);
      const last = commandsOf(script, "yarn").findLast(isInstall);
      if (last === undefined || isCached(dockerfile, run, script, last) || isCleaned(script, last))
        continue;
      if (isBerry(dockerfile, signs, run, last)) continue;
      const edit = appendCommand(dockerfile, run, script, last, "yarn cache clean");
      report(
        (argumentsOf(last).subcommand ?? last.words[0] ?? last).span,
        'nothing cleans the cache behind "yarn install"',
        edit && { fix: { title: 'add "yarn cache clean"', safe: true, edits: [edit] } },
      );
    }
  },
});

/** `yarn`, `yarn install`; `yarn --version` and scripts are none. */
function isInstall(command: SimpleCommand): boolean {
  const { subcommand } = argumentsOf(command);
  if (subcommand !== undefined) return subcommand.value === "install";
  return !hasFlag(command, "--version", "-v", "--help", "-h");
}

function isCached(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
): boolean {
  const set = environmentValue(dockerfile, run, script, command, "YARN_CACHE_FOLDER");
  const folder =
    flagValue(command, "--cache-folder") ?? (set.state === "set" ? set.value : undefined);
  const places = [".cache/yarn", "/usr/local/share/.cache/yarn", "/root/.cache/yarn"];
  if (folder !== undefined) places.push(folder);
  return (
    set.state === "unknown" ||
    places.some((place) => isCacheMounted(dockerfile, run, place)) ||
    run.mounts.some(
      ({ type, target }) =>
        (type === "cache" || type === "tmpfs") &&
        /(?:^|\/)\.?yarn(?:[-/]cache)?\/?$/.test(target?.value ?? ""),
    )
  );
}

function isCleaned(script: Script, install: SimpleCommand): boolean {
  return (
    commandsAfter(script, install).some(
      (command) =>
        argumentsOf(command).tool === "yarn" &&
        argumentsOf(command).subcommand?.value === "cache" &&
        operands(command)[0]?.value === "clean",
    ) ||
    removals(script).some(
      ({ command, word }) =>
        command.index > install.index &&
        /(?:^|\/)\.?cache(?:\/yarn)?(?:\/\*?)?$|yarn cache dir|YARN_CACHE_FOLDER/.test(word.text),
    )
  );
}

/** Flags of Yarn 2 and later, whose cache is part of the project, or a sign of it before in the chain. */
function isBerry(
  dockerfile: Dockerfile,
  signs: ReadonlyMap<number, number>,
  run: RunInstruction,
  command: SimpleCommand,
): boolean {
  if (hasFlag(command, "--immutable", "--immutable-cache", "--inline-builds", "--mode"))
    return true;
  const stage = stageOf(dockerfile, run);
  return (
    stage !== undefined &&
    stageChain(dockerfile, stage).some(({ index }) => (signs.get(index) ?? Infinity) <= run.index)
  );
}

/** Index of the first instruction of a stage that tells of Yarn 2 and later, by stage. */
function berrySigns(dockerfile: Dockerfile): ReadonlyMap<number, number> {
  const signs = new Map<number, number>();
  for (const { index, instructions } of dockerfile.stages) {
    const first = instructions.find((node) => isSign(dockerfile, node));
    if (first !== undefined) signs.set(index, first.index);
  }
  return signs;
}

function isSign(dockerfile: Dockerfile, node: Instruction): boolean {
  if (node.kind === "copy" || node.kind === "add")
    return node.sources.some(({ word }) => /(?:^|\/)\.yarn(?:rc\.yml|\/?$|\/)/.test(word.text));
  return (
    node.kind === "run" &&
    scriptOf(dockerfile, node).commands.some(
      ({ name, args }) =>
        name === "corepack" ||
        (name === "yarn" && args[0]?.value === "set" && args[1]?.value === "version"),
    )
  );
}

export default rule;
