import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { isAnswered } from "../../audit/dockerfile/helpers-prompt.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1038",
    name: "zypper-without-yes",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`zypper` asks before it goes on",
    why: "Nobody answers in a build: zypper asks, gets no answer and stops with an error.",
    howToFix:
      "Say `zypper --non-interactive install`, with the option before the subcommand, or `zypper install -y`.",
    bad: "FROM opensuse/leap:15.6\nRUN zypper install curl && zypper clean -a\n",
    good: "FROM opensuse/leap:15.6\nRUN zypper -n install curl && zypper clean -a\n",
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
      for (const command of commandsNamed(script, "zypper")) {
        const { subcommand } = argumentsOf(command);
        const [program] = command.words;
        if (subcommand?.value === undefined || program === undefined) continue;
        if (!ASKING.includes(subcommand.value) || doesNotAsk(command, subcommand)) continue;
        if (mayHideFlags(command) || isAnswered(script, command)) continue;
        const edit = insertAfter(run.command, command, program, "-n");
        report(
          subcommand.span,
          `"zypper ${subcommand.text}" asks before it goes on`,
          edit && { fix: { title: 'add "-n"', safe: true, edits: [edit] } },
        );
      }
    }
  },
});

const ASKING = "install in remove rm source-install si patch update up dup".split(" ");

/** `-n` means this before the subcommand only (behind it: `--name`), `-y` behind it only. */
function doesNotAsk(command: SimpleCommand, subcommand: ShellWord): boolean {
  const at = command.args.indexOf(subcommand);
  return argumentsOf(command).flags.some(({ name, word }) =>
    (command.args.indexOf(word) < at ? BEFORE : BEHIND).includes(name),
  );
}

const BEFORE = ["-n", "--non-interactive"];
const BEHIND = ["-y", "--no-confirm"];

export default rule;
