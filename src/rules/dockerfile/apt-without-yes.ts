import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import {
  type AnswerSetting,
  isAnswered,
  isSetBefore,
} from "../../audit/dockerfile/helpers-prompt.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsOf,
  countFlag,
  flagValues,
  hasFlag,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1028",
    name: "apt-without-yes",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`apt-get` asks before it goes on",
    why: "Nobody answers in a build: as soon as one more package is needed than those named, apt-get asks, gets no answer and stops. That may be on the day when a package gains a dependency. `DEBIAN_FRONTEND` does not answer this question.",
    howToFix: "Say `apt-get install -y`.",
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
    references: ["https://manpages.debian.org/stable/apt/apt-get.8.en.html#OPTIONS"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["apt-get", "apt"])) {
        const { tool, subcommand } = argumentsOf(command);
        if (subcommand?.value === undefined || !ASKING.includes(subcommand.value)) continue;
        if (doesNotAsk(command) || mayHideFlags(command) || isAnswered(script, command)) continue;
        if (isSetBefore(dockerfile, run, script, command, SETTING)) continue;
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

const ASKING = [
  "install",
  "upgrade",
  "dist-upgrade",
  "full-upgrade",
  "remove",
  "purge",
  "autoremove",
];

// apt.conf(5), the APT::Get group.
const SETTING: AnswerSetting = {
  text: /APT::Get::Assume-Yes\s*(?:=|\s)\s*["']?(?:1|true|yes|on)\b/i,
  tools: ["apt-get", "apt"],
  file: /^\/etc\/apt\/apt\.conf(?:\.d(?:\/|$)|$)/,
};

/** apt-get(8): -y, the second level of quiet, and what installs nothing. */
function doesNotAsk(command: SimpleCommand): boolean {
  const level = command.args.some(({ text }) => /^-(?:q|-quiet)=[2-9]/.test(text));
  return (
    hasFlag(command, "-y", "--yes", "--assume-yes") ||
    level ||
    countFlag(command, "-q", "--quiet") > 1 ||
    flagValues(command, "-o", "--option").some((value) => SETTING.text.test(value)) ||
    hasFlag(command, "-s", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act") ||
    hasFlag(command, "-d", "--download-only", "--print-uris", "--help")
  );
}

export default rule;
