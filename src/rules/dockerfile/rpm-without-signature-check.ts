import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsNamed, hasFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1122",
    name: "rpm-without-signature-check",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`rpm` installs packages without looking at signatures or digests",
    why: "A package that was changed on its way is installed like a good one, and the scripts in it run as root.",
    howToFix:
      "Import the key (`rpm --import`) and leave the flag out, or install with dnf, which fetches and checks in one.",
    bad: "FROM fedora:42\nRUN rpm -i --nosignature https://example.com/tool.rpm\n",
    good: "FROM fedora:42\nRUN rpm -i https://example.com/tool.rpm\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_10"],
    cwe: ["CWE-347"],
    references: [
      "https://man7.org/linux/man-pages/man8/rpm.8.html",
      "https://cwe.mitre.org/data/definitions/347.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), "rpm")) {
        // Queries and verifications install nothing: there the flags save time.
        if (
          hasFlag(command, "-q", "--query", "-V", "--verify", "-K", "--checksig", "-e", "--erase")
        )
          continue;
        for (const { name, word } of argumentsOf(command).flags)
          if (FLAGS.includes(name)) report(word.span, `"${name}" takes the package as it comes`);
      }
  },
});

const FLAGS = ["--nodigest", "--nosignature", "--noverify", "--nofiledigest"];

export default rule;
