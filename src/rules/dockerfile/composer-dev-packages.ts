import { isDevelopmentStage } from "../../audit/dockerfile/helpers-base-image.ts";
import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { finalStage, instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1327",
    name: "composer-dev-packages",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`composer install` brings development packages into the image",
    why: "Debuggers, test runners and fixture loaders under `vendor/` are code that the application does not need and an attacker may reach: PHPUnit's `eval-stdin.php` is looked for by scanners to this day.",
    howToFix: "`composer install --no-dev`, or `ENV COMPOSER_NO_DEV=1`.",
    bad: "FROM php:8.4-fpm\nRUN composer install --optimize-autoloader\n",
    good: "FROM php:8.4-fpm\nRUN composer install --no-dev --optimize-autoloader\n",
    since: "0.1.0",
    aliases: ["tally:php/composer-no-dev-in-production"],
    cwe: ["CWE-489"],
    references: [
      "https://getcomposer.org/doc/03-cli.md#install-i",
      "https://nvd.nist.gov/vuln/detail/CVE-2017-9841",
    ],
  },

  check(dockerfile, report) {
    const last = finalStage(dockerfile);
    if (last === undefined || isDevelopmentStage(last)) return;
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInFinalChain(dockerfile, run)) continue;
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const action = composerAction(command);
        if (action === undefined || !ACTIONS.includes(action.value ?? "")) continue;
        const isLean =
          command.args.some(({ text }) => text === "--no-dev") || mayHideFlags(command);
        const given = environmentValue(dockerfile, run, script, command, "COMPOSER_NO_DEV");
        const isSet = given.state === "unknown" || (given.state === "set" && given.value !== "0");
        if (isLean || isSet) continue;
        const edit = insertAfter(run.command, command, action, "--no-dev");
        report(
          action.span,
          `"composer ${action.text}" installs development packages`,
          edit && { fix: { title: 'add "--no-dev"', safe: false, edits: [edit] } },
        );
      }
    }
  },
});

const ACTIONS = ["install", "i", "update", "u", "upgrade"];

/** The subcommand of `composer …` and `php composer.phar …`. */
function composerAction({ name, args }: SimpleCommand): ShellWord | undefined {
  const isComposer = name === "composer" || name === "composer.phar";
  const at =
    name === "php" ? args.findIndex(({ text }) => /(?:^|\/)composer(?:\.phar)?$/.test(text)) : -1;
  if (!isComposer && at === -1) return undefined;
  const words = args.slice(at + 1);
  return words.find(
    ({ text }, i) =>
      !text.startsWith("-") && !/^(?:-d|--working-dir)$/.test(words[i - 1]?.text ?? ""),
  );
}

export default rule;
