import { isOfficialImage, tagVersion } from "../../audit/dockerfile/helpers-base-image.ts";
import {
  environmentOf,
  externalBase,
  finalStage,
  instructionsOf,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1335",
    name: "yjit-not-enabled",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Ruby runs without its just-in-time compiler YJIT",
    why: "From Ruby 3.3 on YJIT is ready for production and makes web applications 15 to 25 percent faster; it is off unless asked for.",
    howToFix: "`ENV RUBY_YJIT_ENABLE=1`.",
    bad: 'FROM ruby:3.4-slim\nCMD ["ruby", "app.rb"]\n',
    good: 'FROM ruby:3.4-slim\nENV RUBY_YJIT_ENABLE=1\nCMD ["ruby", "app.rb"]\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:ruby/yjit-not-enabled-on-supported-runtime"],
    cwe: [],
    references: ["https://docs.ruby-lang.org/en/3.4/yjit/yjit_md.html"],
  },

  check(dockerfile, report) {
    const last = finalStage(dockerfile);
    if (last === undefined) return;
    const base = externalBase(dockerfile, last);
    const version = tagVersion(base);
    if (!isOfficialImage(base, "ruby") || version?.minor === undefined) return;
    const { major, minor } = version;
    if (major < 3 || (major === 3 && minor < 3)) return;
    const environment = environmentOf(dockerfile, last);
    // Asked for or turned away: both are a choice.
    const isChosen =
      environment.has("RUBY_YJIT_ENABLE") ||
      /--(?:disable-)?[yr]?jit\b/.test(environment.get("RUBYOPT")?.text ?? "") ||
      instructionsOf(dockerfile, "cmd", "entrypoint").some((node) =>
        scriptOf(dockerfile, node).commands.some(({ words }) =>
          words.some(({ text }) => /^--(?:disable-)?[yr]?jit/.test(text)),
        ),
      );
    if (!isChosen) report(last.base.span, `"${base.reference}" runs without YJIT`);
  },
});

export default rule;
