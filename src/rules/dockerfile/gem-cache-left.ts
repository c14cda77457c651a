import { isOfficialImage } from "../../audit/dockerfile/helpers-base-image.ts";
import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import { externalBase, instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsOf,
  hasFlag,
  isSubcommand,
  removals,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1322",
    name: "gem-cache-left",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`gem install` leaves documentation and its cache in the layer",
    why: "gem writes the documentation of each gem and keeps the archive it was unpacked from. Nobody reads either in an image.",
    howToFix:
      "`gem install --no-document NAME`, and `gem cleanup` or the removal of the gem cache in the same `RUN`.",
    bad: "FROM alpine:3.22\nRUN gem install rake -v 13.3.0\n",
    good: "FROM alpine:3.22\nRUN gem install --no-document rake -v 13.3.0\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["dockerfile_lint:no_gem_clean_all"],
    cwe: [],
    references: ["https://guides.rubygems.org/command-reference/#gem-install"],
  },

  check(dockerfile, report) {
    const isSetForAll = writtenTexts(dockerfile).some(({ text }) =>
      /--no-(?:document|rdoc|doc)\b/.test(text),
    );
    if (isSetForAll) return;
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      if (stage === undefined || !isInShippedLayers(dockerfile, run)) continue;
      // The official image has `gem: --no-document` in its gemrc.
      if (isOfficialImage(externalBase(dockerfile, stage), "ruby")) continue;
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, "gem")) {
        const { subcommand } = argumentsOf(command);
        if (subcommand === undefined || !isSubcommand(command, ["gem"], ["install", "i"])) continue;
        if (isLean(command) || isCleaned(script, command)) continue;
        const edit = insertAfter(run.command, command, subcommand, "--no-document");
        report(
          subcommand.span,
          'documentation and cache of "gem install" stay in the layer',
          edit && { fix: { title: 'add "--no-document"', safe: false, edits: [edit] } },
        );
      }
    }
  },
});

const isLean = (command: SimpleCommand): boolean =>
  hasFlag(command, "--no-document", "-N", "--no-rdoc", "--no-ri", "--no-doc") ||
  mayHideFlags(command);

function isCleaned(script: Script, install: SimpleCommand): boolean {
  return (
    commandsAfter(script, install).some((command) =>
      isSubcommand(command, ["gem"], ["cleanup", "clean"]),
    ) ||
    removals(script).some(
      ({ command, word }) =>
        command.index > install.index && /gems?\b.*cache|\.gem\b|gem env/.test(word.text),
    )
  );
}

export default rule;
