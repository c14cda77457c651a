import { isRailsStage } from "../../audit/dockerfile/helpers-rails.ts";
import {
  effectiveUser,
  finalChain,
  finalStage,
  stageInstructions,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1252",
    name: "rails-state-not-writable",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "User of a Rails image may not write to `tmp`, `log`, `storage`",
    why: "`COPY` gives the files to root. A Rails process that runs as another user cannot write its PID file, cache, log or SQLite database: it does not start, and the usual way out is to run it as root.",
    howToFix:
      "Give these directories, and no others, to the user: `RUN chown -R 1000:1000 db log storage tmp`.",
    bad: 'FROM ruby:3.4\nCOPY . /rails\nUSER 1000:1000\nCMD ["./bin/rails", "server"]\n',
    good: 'FROM ruby:3.4\nCOPY . /rails\nRUN cd /rails && chown -R 1000:1000 db log storage tmp\nUSER 1000:1000\nCMD ["./bin/rails", "server"]\n',
    since: "0.1.0",
    aliases: ["tally:ruby/state-paths-not-writable-as-non-root"],
    cwe: [],
    references: [
      "https://github.com/rails/rails/blob/main/railties/lib/rails/generators/rails/app/templates/Dockerfile.tt",
      "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const user = stage && effectiveUser(dockerfile, stage);
    if (
      stage === undefined ||
      user?.user === undefined ||
      /^(?:|root|0+)$/.test(user.user) ||
      !isRailsStage(dockerfile, stage)
    )
      return;
    const chain = finalChain(dockerfile);
    const copies = chain.flatMap((part) => stageInstructions(part, "copy", "add"));
    const tree = copies.find(
      ({ sources, chown }) =>
        chown === undefined &&
        sources.some(({ word }) =>
          /^(?:\.\/?|\/(?:rails|app|usr\/src\/app|srv\/\w+|home\/\w+)(?:\/\w+)?\/?)$/.test(
            word.value ?? "",
          ),
        ),
    );
    const isGiven = chain
      .flatMap((part) => stageInstructions(part, "run"))
      .some(
        (run) =>
          commandsNamed(scriptOf(dockerfile, run), ["chown", "chmod", "install", "setfacl"])
            .length > 0,
      );
    const isVolume = chain.some((part) => stageInstructions(part, "volume").length > 0);
    const isCopied = copies.some(({ chown }) => chown !== undefined);
    if (tree !== undefined && !isGiven && !isVolume && !isCopied)
      report(
        user.word.span,
        `user "${user.user}" may not write to "tmp", "log" and "storage" of the application`,
        {
          related: [{ span: tree.span, message: "copied for root" }],
        },
      );
  },
});

export default rule;
