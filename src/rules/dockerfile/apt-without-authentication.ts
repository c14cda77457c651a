import { writtenTexts } from "../../audit/dockerfile/helpers-written.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1120",
    name: "apt-without-authentication",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "APT installs packages without a trusted signature",
    why: "Package lists are signed so that neither a mirror nor somebody on the way can change what is installed. Without the check their packages, and the scripts in these, run as root.",
    howToFix:
      "Put the repository's key into /etc/apt/keyrings and name it in the sources: `deb [signed-by=/etc/apt/keyrings/x.gpg] https://…`.",
    bad: "FROM debian:12\nRUN apt-get install -y --allow-unauthenticated tool\n",
    good: "FROM debian:12\nRUN apt-get install -y tool\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_8"],
    cwe: ["CWE-347"],
    references: [
      "https://manpages.debian.org/bookworm/apt/apt-secure.8.en.html",
      "https://manpages.debian.org/bookworm/apt/sources.list.5.en.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), TOOLS))
        for (const { name, value, word, valueWord } of argumentsOf(command).flags) {
          const isOption = name === "-o" || name === "--option";
          if (FLAGS.includes(name)) report(word.span, `"${name}" skips the check of signatures`);
          else if (isOption && value !== undefined && OPTION.test(value))
            report((valueWord ?? word).span, `"${value}" skips the check of signatures`);
        }
    for (const { text, span } of writtenTexts(dockerfile)) {
      const found = TRUSTED_SOURCE.exec(text) ?? CONFIGURATION.exec(text);
      if (found === null) continue;
      const [, isLocal] = found;
      report(
        span,
        found[0].includes("::")
          ? "APT is set up to skip the check of signatures"
          : 'a source is "trusted" without a signature',
        // What lies in the image already came in some other way.
        isLocal === undefined ? undefined : { severity: "info" },
      );
    }
  },
});

const TOOLS = ["apt-get", "apt", "aptitude"];
const FLAGS = [
  "--allow-unauthenticated",
  "--allow-insecure-repositories",
  "--allow-weak-repositories",
];

// apt.conf(5), apt-secure(8). The value may be any of APT's words for yes.
const OPTION =
  /^(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories|Acquire::AllowWeakRepositories|Acquire::AllowDowngradeToInsecureRepositories)=["']?(?:true|yes|1|on|with|enable)["']?$/i;
const CONFIGURATION =
  /(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories|Acquire::AllowWeakRepositories)\s{0,20}["']?(?:true|yes|1|on|with|enable)\b/i;

// sources.list(5): `deb [trusted=yes] uri`, and `Trusted: yes` in the newer form.
const TRUSTED_SOURCE =
  /\bdeb(?:-src)?[ \t]{1,20}\[[^\]\n]{0,200}\btrusted=yes\b[^\]\n]{0,200}\][ \t]{0,20}(file:|copy:|cdrom:)?|^Trusted:[ \t]{0,20}yes\b/im;

export default rule;
