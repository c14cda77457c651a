import type { RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { GivenFlag } from "../../audit/shell/flags.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1250",
    name: "deprecated-bundler-flag",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`bundle install` gets an option that Bundler drops",
    why: "Bundler 2 remembers these options in a file and warns; Bundler 4 refuses them. A new base image then breaks the build, or installs the gems of development and test too.",
    howToFix:
      "Set them once: `bundle config set --local without 'development test'`, or `ENV BUNDLE_WITHOUT=development:test`, `BUNDLE_DEPLOYMENT=1`, `BUNDLE_PATH=…`.",
    bad: "FROM ruby:3.4\nRUN bundle install --deployment\n",
    good: "FROM ruby:3.4\nRUN bundle config set --local deployment true && bundle install\n",
    since: "0.1.0",
    aliases: ["tally:ruby/deprecated-bundler-install-flags"],
    cwe: [],
    references: [
      "https://bundler.io/man/bundle-install.1.html",
      "https://bundler.io/guides/bundler_2_upgrade.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), "bundle")) {
        const { subcommand, flags } = argumentsOf(command);
        if (subcommand !== undefined && subcommand.value !== "install") continue;
        for (const flag of flags) {
          if (!Object.hasOwn(SETTINGS, flag.name)) continue;
          const fix = withConfig(run, command, flag);
          report(
            flag.word.span,
            `"${flag.name}" of "bundle install" is deprecated`,
            fix && { fix },
          );
        }
      }
  },
});

/** Settings that the options stand for; `true` where the option is a switch. */
const SETTINGS: Readonly<Record<string, string>> = {
  "--without": "without",
  "--with": "with",
  "--deployment": "deployment",
  "--path": "path",
  "--binstubs": "bin",
};

/** `bundle config set --local …` in front; of the lists that old Bundlers took, and of nested commands, nothing. */
function withConfig(run: RunInstruction, command: SimpleCommand, flag: GivenFlag): Fix | undefined {
  const { operands, flags } = argumentsOf(command);
  const isPlain =
    run.command.form !== "exec" && command.runBy === undefined && command.nestedIn === undefined;
  if (!isPlain || operands.length > 0 || command.assignments.length > 0) return undefined;
  if (
    flags.filter(({ name }) => Object.hasOwn(SETTINGS, name)).length > 1 ||
    flag.name === "--binstubs"
  )
    return undefined;
  const { word, valueWord } = flag;
  const before = command.words[command.words.indexOf(word) - 1];
  if (before === undefined) return undefined;
  const isSwitch = flag.name === "--deployment";
  const written = isSwitch
    ? "true"
    : valueWord === undefined
      ? undefined
      : valueWord === word
        ? word.raw.slice(word.raw.indexOf("=") + 1)
        : valueWord.raw;
  if (written === undefined || written === "") return undefined;
  const { start } = command.span;
  return {
    title: 'use "bundle config"',
    safe: false,
    edits: [
      {
        span: { start, end: start },
        text: `bundle config set --local ${SETTINGS[flag.name]} ${written} && `,
      },
      {
        span: { start: before.span.end, end: (isSwitch ? word : (valueWord ?? word)).span.end },
        text: "",
      },
    ],
  };
}

export default rule;
