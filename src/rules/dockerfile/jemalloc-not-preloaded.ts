import { settingsOf } from "../../audit/dockerfile/helpers-settings.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import { finalStage, instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1334",
    name: "jemalloc-not-preloaded",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "`jemalloc` is installed and nothing loads it",
    why: "The package alone changes nothing: programs go on with the allocator of libc, and the memory that it was installed to save is still used.",
    howToFix: "`ENV LD_PRELOAD=libjemalloc.so.2`, or leave the package out.",
    bad: "FROM ruby:3.4\nRUN apt-get update && apt-get install -y libjemalloc2\n",
    good: "FROM ruby:3.4\nRUN apt-get update && apt-get install -y libjemalloc2\nENV LD_PRELOAD=libjemalloc.so.2\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:ruby/jemalloc-installed-but-not-preloaded"],
    cwe: [],
    references: ["https://github.com/jemalloc/jemalloc/wiki/Getting-Started"],
  },

  check(dockerfile, report) {
    const isLoaded =
      settingsOf(dockerfile, "LD_PRELOAD", "MALLOC_CONF").length > 0 ||
      writtenTexts(dockerfile).some(
        ({ file, text }) => /ld\.so\.preload/.test(file) || /jemalloc/.test(text),
      );
    if (finalStage(dockerfile) === undefined || isLoaded) return;
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInFinalChain(dockerfile, run)) continue;
      const script = scriptOf(dockerfile, run);
      // `--with-jemalloc`, `cp libjemalloc.so /etc/…`: something else makes use of it.
      const isUsed = script.commands.some(({ words }) =>
        words.some(({ text }) => /jemalloc\.so|with-jemalloc|-ljemalloc/.test(text)),
      );
      if (isUsed) return;
    }
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInFinalChain(dockerfile, run)) continue;
      for (const command of scriptOf(dockerfile, run).commands)
        for (const { name, span } of packages(command))
          if (/^(?:lib)?jemalloc\d?$/.test(name))
            report(span, `"${name}" is installed and nothing loads it`);
    }
  },
});

export default rule;
