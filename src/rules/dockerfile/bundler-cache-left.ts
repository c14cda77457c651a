import { isOfficialImage } from "../../audit/dockerfile/helpers-base-image.ts";
import { bundleInstalls, bundleSetting } from "../../audit/dockerfile/helpers-bundler.ts";
import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { externalBase, isCacheMounted, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { removals, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1333",
    name: "bundler-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`bundle install` leaves its cache in the layer",
    why: "Bundler keeps the archive of every gem beside what was unpacked from it. In the image it is of no use.",
    howToFix:
      "End the same `RUN` with `rm -rf ~/.bundle/cache /usr/local/bundle/cache`, or mount a cache on it.",
    bad: "FROM ruby:3.4\nRUN bundle install\n",
    good: "FROM ruby:3.4\nRUN bundle install && rm -rf ~/.bundle/cache /usr/local/bundle/cache\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:ruby/leftover-bundler-cache"],
    cwe: ["CWE-459"],
    references: ["https://bundler.io/man/bundle-config.1.html"],
  },

  check(dockerfile, report) {
    for (const install of bundleInstalls(dockerfile)) {
      const { run, command } = install;
      if (!isInShippedLayers(dockerfile, run) || isMounted(dockerfile, run)) continue;
      const script = scriptOf(dockerfile, run);
      const isRemoved = removals(script).some(
        (removal) =>
          removal.command.index > command.index &&
          /cache|\.bundle(?:\/|$)|vendor\/bundle/.test(removal.word.text),
      );
      if (isRemoved || bundleSetting(dockerfile, install, "no_cache") === "true") continue;
      const stage = stageOf(dockerfile, run);
      const isOfficial =
        stage !== undefined && isOfficialImage(externalBase(dockerfile, stage), "ruby");
      const edit = isOfficial
        ? appendCommand(dockerfile, run, script, command, `rm -rf ${DIRECTORIES}`)
        : undefined;
      report(
        (command.words[0] ?? command).span,
        'nothing removes the cache behind "bundle install"',
        edit && { fix: { title: "remove the cache", safe: true, edits: [edit] } },
      );
    }
  },
});

const DIRECTORIES = "~/.bundle/cache /usr/local/bundle/cache";

const isMounted = (dockerfile: Dockerfile, run: RunInstruction): boolean =>
  [
    "/usr/local/bundle/cache",
    "/root/.bundle/cache",
    ".bundle/cache",
    ".bundle",
    "vendor/bundle",
  ].some((place) => isCacheMounted(dockerfile, run, place));

export default rule;
