import {
  bundleInstalls,
  bundleSetting,
  isProduction,
} from "../../audit/dockerfile/helpers-bundler.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1331",
    name: "bundle-development-gems",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`bundle install` for production brings development gems",
    why: "Consoles, debuggers and test tools are code that production does not need and that an attacker may reach: `web-console` runs Ruby for whoever opens its page.",
    howToFix: "`ENV BUNDLE_WITHOUT=development:test` above the installation.",
    bad: "FROM ruby:3.4\nENV RAILS_ENV=production BUNDLE_DEPLOYMENT=1\nRUN bundle install\n",
    good: "FROM ruby:3.4\nENV RAILS_ENV=production BUNDLE_DEPLOYMENT=1 BUNDLE_WITHOUT=development:test\nRUN bundle install\n",
    since: "0.1.0",
    aliases: ["tally:ruby/missing-bundle-without-development"],
    cwe: ["CWE-489"],
    references: [
      "https://bundler.io/guides/groups.html",
      "https://bundler.io/man/bundle-config.1.html",
    ],
  },

  check(dockerfile, report) {
    for (const install of bundleInstalls(dockerfile)) {
      const { run, command } = install;
      if (!isProduction(dockerfile, run)) continue;
      const without = bundleSetting(dockerfile, install, "without");
      const only = bundleSetting(dockerfile, install, "only");
      // An empty text: set to what cannot be told.
      if (
        only !== undefined ||
        without === "" ||
        /(?:^|[\s:'"])development(?:$|[\s:'"])/.test(without ?? "")
      )
        continue;
      const start = run.commentsAbove[0]?.span.start ?? run.span.start;
      report(
        (command.words[0] ?? command).span,
        '"bundle install" installs the group "development"',
        {
          ...(run.isTrigger || without !== undefined
            ? {}
            : {
                fix: {
                  title: "set BUNDLE_WITHOUT",
                  safe: false,
                  edits: [
                    {
                      span: { start, end: start },
                      text: 'ENV BUNDLE_WITHOUT="development:test"\n',
                    },
                  ],
                },
              }),
        },
      );
    }
  },
});

export default rule;
