import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { instructionsOf, stageChain, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1251",
    name: "bootsnap-without-j1",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "`bootsnap precompile` forks during the build",
    why: "Under QEMU, which builds images for other architectures, forked Ruby processes hang or crash: the build of one platform fails now and then.",
    howToFix: "Write `bundle exec bootsnap precompile -j 1 …`.",
    bad: "FROM ruby:3.4\nRUN bundle exec bootsnap precompile app/ lib/\n",
    good: "FROM ruby:3.4\nRUN bundle exec bootsnap precompile -j 1 app/ lib/\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:ruby/bootsnap-precompile-without-j1"],
    cwe: [],
    references: [
      "https://github.com/rails/bootsnap#precompilation",
      "https://github.com/rails/rails/blob/main/railties/lib/rails/generators/rails/app/templates/Dockerfile.tt",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      const isNative =
        stage !== undefined &&
        stageChain(dockerfile, stage).some(
          ({ from }) => from.platform?.text.includes("BUILDPLATFORM") === true,
        );
      if (isNative) continue;
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        if (command.name !== "bootsnap" && command.name !== "bundle") continue;
        if (command.runBy !== undefined && script.commands[command.runBy]?.name === "bundle")
          continue;
        const at = command.words.findIndex(({ value = "" }) => /(?:^|\/)bootsnap$/.test(value));
        const word = command.words[at + 1];
        if (at === -1 || word?.value !== "precompile") continue;
        const rest = command.words.slice(at + 2).map(({ text }) => text);
        if (
          rest.some(
            (text, i) =>
              /^(?:-j|--jobs=)[01]$/.test(text) ||
              (/^(?:-j|--jobs)$/.test(text) && /^[01]$/.test(rest[i + 1] ?? "")),
          )
        )
          continue;
        const edit = rest.some((text) => /^(?:-j|--jobs)/.test(text))
          ? undefined
          : insertAfter(run.command, command, word, "-j 1");
        report(
          word.span,
          '"bootsnap precompile" runs several processes',
          edit && { fix: { title: 'add "-j 1"', safe: true, edits: [edit] } },
        );
      }
    }
  },
});

export default rule;
