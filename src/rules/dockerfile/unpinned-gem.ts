import { reportUnpinned } from "../../audit/dockerfile/helpers-unpinned.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1131",
    name: "unpinned-gem",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`gem install` installs a gem of any version",
    why: "The build takes whatever was published last. It may break without a change, and a release that somebody else took over goes straight into the image.",
    howToFix:
      "Name a version (`gem install rake:13.3.0`, `gem install rake -v 13.3.0`), or list the gem in a Gemfile with its lock file.",
    bad: "FROM ruby:3.4\nRUN gem install rake\n",
    good: "FROM ruby:3.4\nRUN gem install rake:13.3.0\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3028", "kics:22cd11f7-9c6c-4f6e-84c0-02058120b341", "droast:DF053"],
    cwe: ["CWE-1357"],
    references: ["https://guides.rubygems.org/command-reference/#gem-install"],
  },

  check(dockerfile, report) {
    reportUnpinned(
      dockerfile,
      report,
      ["gem"],
      ({ item, before, isBehindDashes }) =>
        item.kind !== "package" ||
        !item.isKnown ||
        item.version !== undefined ||
        isBehindDashes ||
        isFlagWithValue(before?.text ?? ""),
    );
  },
});

// gem help install: flags without a value. Behind any other one a word may be its value.
const PLAIN_FLAGS: ReadonlySet<string> = new Set(
  "-N -f -q -V -l -r -b -w -E -u -y --force --no-force --user-install --no-user-install --conservative --no-conservative --minimal-deps --no-minimal-deps --prerelease --no-prerelease --pre --quiet --silent --verbose --no-verbose --local --remote --both --wrappers --no-wrappers --env-shebang --no-env-shebang --ignore-dependencies --include-dependencies --development --development-all --vendor --default --suggestions --no-suggestions --lock --no-lock --post-install-message --no-post-install-message --update-sources --no-update-sources --no-document --no-rdoc --no-ri --rdoc --ri --backtrace --debug --norc --explain --no-http-proxy --build-root".split(
    " ",
  ),
);

const isFlagWithValue = (word: string): boolean =>
  word.startsWith("-") && !word.includes("=") && !PLAIN_FLAGS.has(word);

export default rule;
