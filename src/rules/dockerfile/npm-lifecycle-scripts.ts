import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import {
  effectiveUser,
  instructionsOf,
  lookupVariable,
  stageChain,
  stageOf,
} from "../../audit/dockerfile/query.ts";
import { isSecretName } from "../../audit/image/secrets.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, hasFlag, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1417",
    name: "npm-lifecycle-scripts",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Scripts of npm packages run as root with a secret in reach",
    why: "Every package of the tree may run a script when it is installed. One that was taken over reads the mounted token or the SSH agent and sends it away; that is how worms spread through npm.",
    howToFix:
      "Install with `--ignore-scripts` and rebuild the few packages that need it by name, without the secret: `npm ci --ignore-scripts`, then `npm rebuild sharp`.",
    bad: "FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n",
    good: "FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-829", "CWE-506"],
    references: [
      "https://docs.npmjs.com/cli/using-npm/scripts",
      "https://cheatsheetseries.owasp.org/cheatsheets/NPM_Security_Cheat_Sheet.html",
    ],
  },

  check(dockerfile, report) {
    const names = secretNames(dockerfile);
    let steps: readonly RunInstruction[] | undefined;
    for (const run of instructionsOf(dockerfile, "run")) {
      const user = effectiveUser(dockerfile, run);
      if (user !== undefined && !/^(?:root|0+)$/.test(user.user ?? "")) continue;
      const script = scriptOf(dockerfile, run);
      const installs = script.commands.filter(isInstall);
      if (installs.length === 0) continue;
      const secret = secretInReach(dockerfile, run, names);
      if (secret === undefined) continue;
      steps ??= switchingSteps(dockerfile);
      if (areOff(dockerfile, run, steps)) continue;
      for (const command of installs) {
        if (runsNoScripts(dockerfile, run, script, command)) continue;
        const { tool, subcommand } = argumentsOf(command);
        const word = subcommand ?? command.words[0];
        if (word === undefined) continue;
        const edit = insertAfter(run.command, command, word, "--ignore-scripts");
        report(
          word.span,
          `scripts of packages that "${tool}" installs reach ${secret}`,
          edit && { fix: { title: 'add "--ignore-scripts"', safe: false, edits: [edit] } },
        );
      }
    }
  },
});

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  npm: ["install", "i", "ci", "add", "clean-install", "install-ci-test", "update"],
  pnpm: ["install", "i", "add"],
  yarn: ["install", "add"],
};

function isInstall(command: SimpleCommand): boolean {
  const { tool, subcommand } = argumentsOf(command);
  const actions = Object.hasOwn(ACTIONS, tool) ? ACTIONS[tool] : undefined;
  if (actions === undefined) return false;
  // `yarn` alone installs.
  if (subcommand === undefined)
    return (
      tool === "yarn" && operands(command).length === 0 && !hasFlag(command, "--version", "-v")
    );
  return actions.includes(subcommand.text);
}

function runsNoScripts(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
): boolean {
  return (
    hasFlag(command, "--ignore-scripts") ||
    mayHideFlags(command) ||
    ["NPM_CONFIG_IGNORE_SCRIPTS", "npm_config_ignore_scripts", "YARN_ENABLE_SCRIPTS"].some(
      (name) => environmentValue(dockerfile, run, script, command, name).state !== "unset",
    )
  );
}

/** Steps that switch scripts off for what follows: `npm config set ignore-scripts true`. */
function switchingSteps(dockerfile: Dockerfile): readonly RunInstruction[] {
  return instructionsOf(dockerfile, "run").filter((run) =>
    scriptOf(dockerfile, run).commands.some(
      ({ args }) =>
        args.some(({ text }) => text === "config") &&
        args.some(({ text }) => /^(?:ignore-scripts|enableScripts)(?:=|$)/.test(text)),
    ),
  );
}

/** One of the steps comes before this one, in its stage or one that it is FROM. */
function areOff(
  dockerfile: Dockerfile,
  run: RunInstruction,
  steps: readonly RunInstruction[],
): boolean {
  const stage = steps.length === 0 ? undefined : stageOf(dockerfile, run);
  if (stage === undefined) return false;
  const chain = new Set(stageChain(dockerfile, stage).map(({ index }) => index));
  return steps.some(
    ({ index, stageIndex }) =>
      index <= run.index && stageIndex !== undefined && chain.has(stageIndex),
  );
}

/** Names of arguments and variables that announce a secret; more than these no honest file has. */
function secretNames(dockerfile: Dockerfile): readonly string[] {
  const names = new Set<string>();
  for (const node of instructionsOf(dockerfile, "arg", "env"))
    for (const name of node.kind === "arg"
      ? node.arguments.map(({ name: one }) => one)
      : node.pairs.map(({ key }) => key.text))
      if (names.size < 50 && isSecretName(name)) names.add(name);
  return [...names];
}

/** What a script of a package could read: mounts of this step, arguments and environment that announce a secret. */
function secretInReach(
  dockerfile: Dockerfile,
  run: RunInstruction,
  names: readonly string[],
): string | undefined {
  const mount = run.mounts.find(({ type }) => type === "secret" || type === "ssh");
  if (mount !== undefined) return mount.type === "ssh" ? "the SSH agent" : "a mounted secret";
  const name = names.find((one) => isVisible(lookupVariable(dockerfile, run, one)?.kind));
  return name && `"${name}"`;
}

const isVisible = (kind: string | undefined): boolean =>
  kind === "arg" || kind === "env" || kind === "global-arg";

export default rule;
