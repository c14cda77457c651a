import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsOf, hasFlag, isPiped, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1046",
    name: "dnf-without-yes",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`dnf` may ask a question",
    why: "Nobody answers during a build: the command ends without doing its work, or waits for ever.",
    howToFix: "Add `-y` to the command.",
    bad: "FROM fedora:42\nRUN dnf install httpd && dnf clean all\n",
    good: "FROM fedora:42\nRUN dnf install -y httpd && dnf clean all\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3038",
      "kics:7ebd323c-31b7-4e5b-b26f-de5e9e477af8",
      "semgrep:missing-dnf-assume-yes-switch",
    ],
    cwe: ["CWE-710"],
    references: ["https://dnf.readthedocs.io/en/latest/command_ref.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["dnf", "dnf5", "microdnf", "tdnf"])) {
        const { tool, subcommand } = argumentsOf(command);
        if (subcommand?.value === undefined || !ASKING.has(subcommand.value)) continue;
        if (hasFlag(command, "-y", "--assumeyes") || mayHideFlags(command)) continue;
        // `yes | dnf …` answers.
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
  "in",
  "upgrade",
  "update",
  "remove",
]);

export default rule;
