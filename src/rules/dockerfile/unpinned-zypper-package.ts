import { reportUnpinned } from "../../audit/dockerfile/helpers-unpinned.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { flagValue } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1128",
    name: "unpinned-zypper-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`zypper install` installs a package of any version",
    why: "The build takes whatever version the repositories have on its day, so that two builds of one file differ and a bad release goes straight into the image.",
    howToFix: "Name a version, exact or as a bound: `curl=8.6.0`, `'curl>=8.6'`.",
    bad: "FROM opensuse/leap:15.6\nRUN zypper install -y curl\n",
    good: "FROM opensuse/leap:15.6\nRUN zypper install -y curl=8.6.0\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:DL3037", "kics:562952e4-0348-4dea-9826-44f3a2c6117b"],
    cwe: ["CWE-1357"],
    references: ["https://en.opensuse.org/SDB:Zypper_manual"],
  },

  check(dockerfile, report) {
    reportUnpinned(dockerfile, report, ["zypper"], ({ item, command }) => {
      const type = flagValue(command, "-t", "--type");
      return (
        item.kind !== "package" ||
        !item.isKnown ||
        /[<>=]/.test(item.word.text) ||
        // Patterns and the like are sets without a version.
        (type !== undefined && type !== "package") ||
        /^(?:pattern|product|patch):/.test(item.name)
      );
    });
  },
});

export default rule;
