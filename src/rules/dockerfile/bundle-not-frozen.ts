import {
  bundleInstalls,
  bundleSetting,
  isProduction,
} from "../../audit/dockerfile/helpers-bundler.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1330",
    name: "bundle-not-frozen",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`bundle install` for production may change the lock file",
    why: "Without deployment mode Bundler resolves again when `Gemfile` and `Gemfile.lock` do not fit: the image gets versions that nobody has tested or reviewed.",
    howToFix: "`ENV BUNDLE_DEPLOYMENT=1` above the installation.",
    bad: "FROM ruby:3.4\nENV RAILS_ENV=production BUNDLE_WITHOUT=development:test\nRUN bundle install\n",
    good: "FROM ruby:3.4\nENV RAILS_ENV=production BUNDLE_WITHOUT=development:test BUNDLE_DEPLOYMENT=1\nRUN bundle install\n",
    since: "0.1.0",
    aliases: ["tally:ruby/missing-bundle-deployment"],
    cwe: ["CWE-1357"],
    references: [
      "https://bundler.io/guides/deploying.html",
      "https://bundler.io/man/bundle-install.1.html",
    ],
  },

  check(dockerfile, report) {
    for (const install of bundleInstalls(dockerfile)) {
      const { run, command } = install;
      if (!isProduction(dockerfile, run)) continue;
      const isFrozen = ["deployment", "frozen"].some((name) => {
        const value = bundleSetting(dockerfile, install, name);
        return value !== undefined && !/^(?:false|0|no|f|n)$/i.test(value);
      });
      if (isFrozen) continue;
      const start = run.commentsAbove[0]?.span.start ?? run.span.start;
      report((command.words[0] ?? command).span, '"bundle install" may change the lock file', {
        ...(run.isTrigger
          ? {}
          : {
              fix: {
                title: "set BUNDLE_DEPLOYMENT",
                safe: false,
                edits: [{ span: { start, end: start }, text: "ENV BUNDLE_DEPLOYMENT=1\n" }],
              },
            }),
      });
    }
  },
});

export default rule;
