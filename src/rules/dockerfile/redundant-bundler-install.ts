import { isOfficialImage } from "../../audit/dockerfile/helpers-base-image.ts";
import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { removeWord } from "../../audit/dockerfile/helpers-remove-word.ts";
import { externalBase, instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsOf, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1332",
    name: "redundant-bundler-install",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Bundler is installed on an image that has it",
    why: "The official Ruby images bring Bundler. Installing it again takes the newest version of the day: it adds a layer and may break the build without a change.",
    howToFix:
      "Remove the command, or ask for the version in `Gemfile.lock`: `gem install bundler -v 2.6.2`.",
    bad: "FROM ruby:3.4\nRUN gem install bundler\n",
    good: "FROM ruby:3.4\nRUN bundle install\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:ruby/redundant-bundler-install"],
    cwe: [],
    references: ["https://hub.docker.com/_/ruby", "https://bundler.io/man/bundle-install.1.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      if (stage === undefined || !isOfficialImage(externalBase(dockerfile, stage), "ruby"))
        continue;
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, "gem")) {
        const gems = packages(command);
        const bundler = gems.find(
          ({ name, version }) => name === "bundler" && version === undefined,
        );
        if (bundler === undefined) continue;
        const edit =
          gems.length > 1
            ? removeWord(dockerfile, run.command, command, bundler.word)
            : script.commands.length === 1
              ? deleteInstruction(dockerfile, run)
              : undefined;
        report(
          bundler.span,
          '"bundler" is in the base image',
          edit && { fix: { title: "do not install it", safe: false, edits: [edit] } },
        );
      }
    }
  },
});

export default rule;
