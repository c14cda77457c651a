import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsNamed,
  flagValues,
  hasFlag,
  isSubcommand,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1161",
    name: "npm-dev-dependencies",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "`npm` installs development dependencies into the image that is shipped",
    why: "Test runners and bundlers bring hundreds of packages that the program does not need: each is code that somebody may have tampered with, and one more to update.",
    howToFix:
      "Write `npm ci --omit=dev`, set `NODE_ENV=production`, or build in an earlier stage and copy what is needed.",
    bad: 'FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\nCMD ["node", "app.js"]\n',
    good: 'FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nCMD ["node", "app.js"]\n',
    since: "0.1.0",
    profile: "strict",
    aliases: ["droast:DF031"],
    cwe: ["CWE-1104"],
    references: ["https://docs.npmjs.com/cli/v11/commands/npm-ci#omit"],
  },

  check(dockerfile, report) {
    const runs = instructionsOf(dockerfile, "run").filter((run) => isInFinalChain(dockerfile, run));
    const scripts = runs.map((run) => ({ run, script: scriptOf(dockerfile, run) }));
    const commands = scripts.flatMap(({ script }) => commandsNamed(script, "npm"));
    // What builds needs them, and may take them away again.
    if (commands.some(isBuildOrPrune)) return;
    for (const { run, script } of scripts)
      for (const command of commandsNamed(script, "npm")) {
        const { subcommand } = argumentsOf(command);
        const isInstall = isSubcommand(command, ["npm"], ["install", "i", "ci", "clean-install"]);
        if (!isInstall || subcommand === undefined || operands(command).length > 0) continue;
        if (isWithoutDev(command) || mayHideFlags(command)) continue;
        const isProduction = ["NODE_ENV", "NPM_CONFIG_OMIT", "npm_config_omit"].some((name) => {
          const given = environmentValue(dockerfile, run, script, command, name);
          return (
            given.state === "unknown" ||
            (given.state === "set" && ["production", "dev"].includes(given.value))
          );
        });
        if (isProduction) continue;
        report(subcommand.span, `"npm ${subcommand.text}" installs development dependencies too`);
      }
  },
});

function isWithoutDev(command: SimpleCommand): boolean {
  return (
    flagValues(command, "--omit").includes("dev") ||
    hasFlag(command, "--production", "--prod", "-g", "--global") ||
    flagValues(command, "--only").some((value) => value.startsWith("prod"))
  );
}

function isBuildOrPrune(command: SimpleCommand): boolean {
  return isSubcommand(
    command,
    ["npm"],
    ["run", "run-script", "rum", "test", "t", "prune", "exec", "x"],
  );
}

export default rule;
