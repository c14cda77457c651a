import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsOf, hasFlag, isPiped, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1033",
    name: "yum-without-yes",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`yum` may ask a question",
    why: "Nobody answers during a build: the command ends without doing its work, or waits for ever.",
    howToFix: "Add `-y` to the command.",
    bad: "FROM centos:7\nRUN yum install httpd && yum clean all\n",
    good: "FROM centos:7\nRUN yum install -y httpd && yum clean all\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3030",
      "kics:6e19193a-8753-436d-8a09-76dcff91bb03",
      "semgrep:missing-yum-assume-yes-switch",
      "terrascan:AC_DOCKER_0004",
      "droast:DF027",
    ],
    cwe: ["CWE-710"],
    references: ["https://man7.org/linux/man-pages/man8/yum.8.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["yum"])) {
        const { tool, subcommand } = argumentsOf(command);
        if (subcommand?.value === undefined || !ASKING.has(subcommand.value)) continue;
        if (hasFlag(command, "-y", "--assumeyes") || mayHideFlags(command)) continue;
        // `yes | yum …` answers.
        if (isPiped(script, command) && command.place > 0) continue;
        const edit = insertAfter(run.command, command, subcommand, "-y");
        report(
          subcommand.span,
          `"${tool} ${subcommand.text}" asks before it goes on`,
          edit && { fix: { title: 'add "-y"', safe: true, edits: [edit] } },
        );
      }
    }
  },
});

/** Subcommands that ask. */
const ASKING: ReadonlySet<string> = new Set([
  "install",
  "reinstall",
  "groupinstall",
  "localinstall",
  "update",
  "upgrade",
  "remove",
]);

export default rule;
