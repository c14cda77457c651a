import { shellRuns } from "../../audit/dockerfile/helpers-shell.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1356",
    name: "sourced-file-unknown",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "A sourced file is not known here",
    why: "What it sets and runs is not checked with the script: other findings may be missing or wrong.",
    howToFix: "Nothing has to be mended. To have all checked, write its lines into the script.",
    bad: 'FROM debian:12\nRUN . /etc/os-release && echo "$VERSION_CODENAME"\n',
    good: 'FROM debian:12\nRUN VERSION_CODENAME=bookworm && echo "$VERSION_CODENAME"\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["hadolint:SC1091", "shellcheck:SC1091", "hadolint:SC1090", "shellcheck:SC1090"],
    cwe: [],
    references: ["https://www.shellcheck.net/wiki/SC1091"],
  },

  check(dockerfile, report) {
    for (const { script } of shellRuns(dockerfile))
      for (const { args } of commandsNamed(script, [".", "source"])) {
        const [file] = args;
        if (file === undefined) continue;
        report(
          file.span,
          file.value === undefined
            ? `"${file.text}" is known when it runs only`
            : `"${file.value}" is not read here`,
        );
      }
  },
});

export default rule;
