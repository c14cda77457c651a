import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsOf, hasFlag, isPiped, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1038",
    name: "zypper-without-yes",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`zypper` may ask a question",
    why: "Nobody answers during a build: the command ends without doing its work, or waits for ever.",
    howToFix: "Add `-y` to the command.",
    bad: "FROM opensuse/leap:15.6\nRUN zypper install curl && zypper clean\n",
    good: "FROM opensuse/leap:15.6\nRUN zypper install -y curl && zypper clean\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3034",
      "kics:45e1fca5-f90e-465d-825f-c2cb63fa3944",
      "semgrep:missing-zypper-no-confirm-switch",
      "droast:DF043",
    ],
    cwe: ["CWE-710"],
    references: ["https://en.opensuse.org/SDB:Zypper_manual"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["zypper"])) {
        const { tool, subcommand } = argumentsOf(command);
        if (subcommand?.value === undefined || !ASKING.has(subcommand.value)) continue;
        if (
          hasFlag(
            command,
            "-y",
            "--no-confirm",
            "-n",
            "--non-interactive",
            "--non-interactive-include-reboot-patches",
          ) ||
          mayHideFlags(command)
        )
          continue;
        // `yes | zypper …` answers.
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
  "in",
  "remove",
  "rm",
  "source-install",
  "si",
  "patch",
  "update",
  "up",
  "dup",
]);

export default rule;
