import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, findFlag, hasFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1044",
    name: "useradd-with-high-uid",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`useradd` with a high uid writes a huge sparse file",
    why: "`useradd` fills `/var/log/lastlog` and `/var/log/faillog` up to the uid's place. The files are sparse, layers are not: for a uid of seven digits the image grows by gigabytes.",
    howToFix: "Say `useradd --no-log-init`, or take a lower uid.",
    bad: "FROM debian:12\nRUN useradd -u 1234567 app\n",
    good: "FROM debian:12\nRUN useradd --no-log-init -u 1234567 app\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3046",
      "datadog-iac:44fbf45c-87a6-3b95-64ef-07e1fef7395b",
      "droast:DF064",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#user",
      "https://man7.org/linux/man-pages/man8/useradd.8.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), "useradd")) {
        const flag = findFlag(command, "-u", "--uid");
        const word = command.words[0];
        if (flag?.value === undefined || word === undefined || !/^\d{6,}$/.test(flag.value))
          continue;
        if (hasFlag(command, "-l", "--no-log-init")) continue;
        const edit = insertAfter(run.command, command, word, "--no-log-init");
        report(
          flag.word.span,
          `uid ${flag.value} makes "useradd" write a huge log`,
          edit && { fix: { title: 'add "--no-log-init"', safe: true, edits: [edit] } },
        );
      }
  },
});

export default rule;
