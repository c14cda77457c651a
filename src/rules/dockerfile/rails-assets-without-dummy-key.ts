import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1236",
    name: "rails-assets-without-dummy-key",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Rails assets are built without a dummy key",
    why: "`assets:precompile` loads the application, which asks for its secret key. Without `SECRET_KEY_BASE_DUMMY` the build fails, or somebody gives it the real key, which then stays in the image.",
    howToFix:
      "Write `RUN SECRET_KEY_BASE_DUMMY=1 ./bin/rails assets:precompile` (Rails 7.1 and later).",
    bad: "FROM ruby:3.4\nRUN bundle exec rails assets:precompile\n",
    good: "FROM ruby:3.4\nRUN SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile\n",
    since: "0.1.0",
    aliases: ["tally:ruby/asset-precompile-without-dummy-key"],
    cwe: [],
    references: [
      "https://guides.rubyonrails.org/security.html#custom-credentials",
      "https://github.com/rails/rails/blob/main/railties/lib/rails/generators/rails/app/templates/Dockerfile.tt",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.mounts.some(({ type }) => type === "secret")) continue;
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const word = command.args.find(({ value }) => value === "assets:precompile");
        const isRails =
          command.name === "rails" || command.name === "rake" || command.name === "bundle";
        if (
          word === undefined ||
          !isRails ||
          (command.runBy !== undefined && script.commands[command.runBy]?.name === "bundle")
        )
          continue;
        if (
          environmentValue(dockerfile, run, script, command, "SECRET_KEY_BASE_DUMMY").state !==
          "unset"
        )
          continue;
        const start = command.span.start;
        const isPlain =
          command.runBy === undefined &&
          command.nestedIn === undefined &&
          run.command.form !== "exec";
        const fix: Fix | undefined = isPlain
          ? {
              title: "set SECRET_KEY_BASE_DUMMY=1",
              safe: false,
              edits: [{ span: { start, end: start }, text: "SECRET_KEY_BASE_DUMMY=1 " }],
            }
          : undefined;
        report(word.span, '"SECRET_KEY_BASE_DUMMY" is not set', fix && { fix });
      }
    }
  },
});

export default rule;
