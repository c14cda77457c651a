import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, scriptOf, subcommand } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1027",
    name: "apt-in-script",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`apt` is used in a script",
    why: "`apt` is made for people at a terminal: its options and output may change from one release to the next, and it says so itself. A build then fails, or does something else, without a change of the Dockerfile.",
    howToFix: "Use `apt-get`, or `apt-cache` for searching.",
    bad: "FROM debian:12\nRUN apt update\n",
    good: "FROM debian:12\nRUN apt-get update\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3027",
      "kics:b84a0b47-2e99-4c9f-8933-98bcabe2b94d",
      "kics:a1bc27c6-7115-48d8-bf9d-5a7e836845ba",
      "checkov:CKV_DOCKER_9",
      "semgrep:prefer-apt-get",
      "terrascan:AC_DOCKER_0002",
      "droast:DF059",
    ],
    cwe: ["CWE-758"],
    references: [
      "https://manpages.debian.org/stable/apt/apt.8.en.html#SCRIPT_USAGE_AND_DIFFERENCES_FROM_OTHER_APT_TOOLS",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), "apt")) {
        const word = command.words[0];
        if (word === undefined) continue;
        const tool = TOOLS[subcommand(command) ?? ""];
        const isPlain = tool !== undefined && run.command.form !== "exec" && word.raw === "apt";
        report(
          word.span,
          'script uses "apt"',
          isPlain
            ? {
                fix: {
                  title: `say "${tool}"`,
                  safe: true,
                  edits: [{ span: word.span, text: tool }],
                },
              }
            : undefined,
        );
      }
  },
});

/** What does the same under a stable name. */
const TOOLS: Readonly<Record<string, string | undefined>> = {
  update: "apt-get",
  install: "apt-get",
  remove: "apt-get",
  purge: "apt-get",
  autoremove: "apt-get",
  upgrade: "apt-get",
  clean: "apt-get",
  autoclean: "apt-get",
  search: "apt-cache",
  show: "apt-cache",
};

export default rule;
