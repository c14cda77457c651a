import { writtenTexts } from "../../audit/dockerfile/helpers-written.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1123",
    name: "yum-without-gpg-check",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`yum` or `dnf` installs packages without looking at signatures",
    why: "A mirror, or somebody on the way to it, can put in packages of their own: they are installed like good ones, and their scripts run as root.",
    howToFix:
      "Leave `--nogpgcheck` out and write `gpgcheck=1` with a `gpgkey=` into the repository's file.",
    bad: "FROM fedora:42\nRUN dnf install -y --nogpgcheck tool\n",
    good: "FROM fedora:42\nRUN dnf install -y tool\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_9"],
    cwe: ["CWE-347"],
    references: [
      "https://dnf.readthedocs.io/en/latest/conf_ref.html",
      "https://dnf.readthedocs.io/en/latest/command_ref.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), TOOLS))
        for (const { name, value, word, valueWord } of argumentsOf(command).flags)
          if (name === "--nogpgcheck" || name === "--no-gpgchecks")
            report(word.span, `"${name}" skips the check of signatures`);
          else if (name === "--setopt" && value !== undefined && OPTION.test(value))
            report((valueWord ?? word).span, `"${value}" skips the check of signatures`);
    for (const { text, span } of writtenTexts(dockerfile))
      if (SETTING.test(text)) report(span, "a repository's packages are taken without signatures");
  },
});

const TOOLS = ["yum", "dnf", "dnf5", "microdnf", "tdnf", "yum-config-manager", "yum-builddep"];

// dnf.conf(5): gpgcheck; `repo_gpgcheck` is about the lists of packages and off by default.
const OPTION = /^(?:[\w*-]+\.)?(?:pkg_)?gpgcheck=(?:0|no|false|off)$/i;
const SETTING =
  /^[ \t]{0,20}(?:pkg_)?gpgcheck[ \t]{0,20}=[ \t]{0,20}(?:0|no|false|off)[ \t\r]{0,20}$/im;

export default rule;
