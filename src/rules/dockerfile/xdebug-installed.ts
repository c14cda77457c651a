import { isDevelopmentStage } from "../../audit/dockerfile/helpers-base-image.ts";
import { finalStage, instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1328",
    name: "xdebug-installed",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Xdebug is installed in the image",
    why: "Xdebug connects to a debugger that may read every variable and run code in the application; where it trusts a header, any visitor names that debugger. It also makes PHP slower.",
    howToFix: "Install Xdebug in a stage of its own that only developers build: `FROM app AS dev`.",
    bad: "FROM php:8.4-fpm\nRUN pecl install xdebug-3.4.2 && docker-php-ext-enable xdebug\n",
    good: "FROM php:8.4-fpm\nRUN docker-php-ext-install pdo_mysql\n",
    since: "0.1.0",
    aliases: ["tally:php/no-xdebug-in-final-image"],
    cwe: ["CWE-489"],
    references: [
      "https://xdebug.org/docs/step_debug#security",
      "https://cwe.mitre.org/data/definitions/489.html",
    ],
  },

  check(dockerfile, report) {
    const last = finalStage(dockerfile);
    if (last === undefined || isDevelopmentStage(last)) return;
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInFinalChain(dockerfile, run)) continue;
      const { commands } = scriptOf(dockerfile, run);
      // `pecl install xdebug && docker-php-ext-enable xdebug` is one matter.
      const [word] = commands.flatMap((command) => installed(command).filter(isXdebug));
      if (word !== undefined) report(word.span, `"${word.text}" is in the image`);
    }
  },
});

const HELPERS = [
  "docker-php-ext-enable",
  "docker-php-ext-install",
  "install-php-extensions",
  "phpenmod",
];

function installed(command: SimpleCommand): readonly ShellWord[] {
  const { name = "", args } = command;
  if (HELPERS.includes(name)) return args;
  if (name === "pecl" || name === "pie") return args[0]?.value === "install" ? args.slice(1) : [];
  return packages(command).map(({ word }) => word);
}

/** `xdebug`, `xdebug-3.4.2`, `php8.4-xdebug`, `php83-pecl-xdebug`, `xdebug/xdebug`. */
const isXdebug = ({ value }: ShellWord): boolean =>
  value !== undefined && /^(?:php[\d.]*-(?:pecl-)?|xdebug\/)?xdebug\d?(?:[-=:@].*)?$/.test(value);

export default rule;
