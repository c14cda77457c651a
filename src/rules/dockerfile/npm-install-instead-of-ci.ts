import { copiedBefore } from "../../audit/dockerfile/helpers-copied.ts";
import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import {
  argumentsOf,
  commandsNamed,
  hasFlag,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1130",
    name: "npm-install-instead-of-ci",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "`npm install` is used where `npm ci` is meant",
    why: "`npm install` may change the lock file: when package.json asks for something else it takes new versions without a word. `npm ci` installs what the lock file says, with its hashes, or fails.",
    howToFix:
      "Write `npm ci`, which needs package-lock.json or npm-shrinkwrap.json beside package.json.",
    bad: "FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm install\n",
    good: "FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\n",
    since: "0.1.0",
    aliases: ["droast:DF031"],
    cwe: [],
    references: ["https://docs.npmjs.com/cli/v11/commands/npm-ci"],
  },

  check(dockerfile, report) {
    const isCopied = copiedBefore(dockerfile, isLockFile);
    for (const run of instructionsOf(dockerfile, "run")) {
      // The lock file is there, and meant, when it is named.
      const isMounted = run.mounts.some(({ source }) => isLockFile(source?.text ?? ""));
      if (!isMounted && !isCopied(run)) continue;
      for (const command of commandsNamed(scriptOf(dockerfile, run), "npm")) {
        const { subcommand } = argumentsOf(command);
        if (subcommand === undefined || !INSTALL.includes(subcommand.value ?? "")) continue;
        const isOther =
          operands(command).length > 0 ||
          hasFlag(command, "-g", "--global", "--package-lock-only", "--no-package-lock") ||
          mayHideFlags(command);
        if (isOther) continue;
        const place = insertAfter(run.command, command, subcommand, "");
        report(
          subcommand.span,
          `"npm ${subcommand.text}" may install other versions than the lock file says`,
          place && {
            fix: {
              title: 'write "npm ci"',
              safe: false,
              edits: [{ span: subcommand.span, text: "ci" }],
            },
          },
        );
      }
    }
  },
});

const INSTALL = ["install", "i", "in", "ins", "inst", "isntall"];

const isLockFile = (path: string): boolean =>
  /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(path);

export default rule;
