import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
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
    summary: "`useradd` with a high user id writes a huge sparse file",
    why: "`useradd` makes an entry in /var/log/lastlog and /var/log/faillog, at a place that the id counts. Up to there the files are sparse, but layers know no holes: the image grows by hundreds of bytes for each id, gigabytes for an id of ten digits.",
    howToFix: "Say `useradd --no-log-init` (`-l`), or take an id of at most five digits.",
    bad: "FROM debian:12\nRUN useradd -u 1000000 app\n",
    good: "FROM debian:12\nRUN useradd -l -u 1000000 app\n",
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
        const [program] = command.words;
        if (flag?.value === undefined || !/^\d{6,}$/.test(flag.value) || program === undefined)
          continue;
        if (hasFlag(command, "-l", "--no-log-init") || mayHideFlags(command)) continue;
        const edit = insertAfter(run.command, command, program, "-l");
        report(
          flag.word.span,
          `uid ${flag.value} makes "useradd" write a huge log`,
          edit && { fix: { title: 'add "-l"', safe: true, edits: [edit] } },
        );
      }
  },
});

export default rule;
