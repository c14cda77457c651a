import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import {
  argumentsOf,
  commandsOf,
  countFlag,
  hasFlag,
  isPiped,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1028",
    name: "apt-without-yes",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`apt-get` may ask a question",
    why: "Nobody answers during a build: the command ends without doing its work, or waits for ever.",
    howToFix: "Add `-y` to the command.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3014",
      "trivy:DS021",
      "kics:77783205-c4ca-4f80-bb80-c777f267c547",
      "semgrep:missing-assume-yes-switch",
      "dockerfilelint:apt-get_missing_param",
      "droast:DF015",
    ],
    cwe: ["CWE-710"],
    references: ["https://manpages.debian.org/stable/apt/apt-get.8.en.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["apt-get", "apt"])) {
        const { tool, subcommand } = argumentsOf(command);
        if (subcommand?.value === undefined || !ASKING.has(subcommand.value)) continue;
        if (
          hasFlag(
            command,
            "-y",
            "--yes",
            "--assume-yes",
            "-s",
            "--simulate",
            "--dry-run",
            "-d",
            "--download-only",
          ) ||
          mayHideFlags(command)
        )
          continue;
        // Quiet twice means yes (apt-get(8), -q).
        if (countFlag(command, "-q", "--quiet") > 1 || hasFlag(command, "-qq")) continue;
        if (command.args.some(({ text }) => /^(?:-q|--quiet)=[23]$/.test(text))) continue;
        // `yes | apt-get …` answers.
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
  "upgrade",
  "dist-upgrade",
  "full-upgrade",
  "remove",
  "purge",
  "autoremove",
]);

export default rule;
