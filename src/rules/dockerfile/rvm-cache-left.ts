import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { commandsAfter, commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1323",
    name: "rvm-cache-left",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`rvm install` leaves sources and archives in the layer",
    why: "rvm keeps the archive and the source tree of each Ruby it builds: several hundred MB that the image has no use for.",
    howToFix: "End the same `RUN` with `rvm cleanup all`.",
    bad: "FROM debian:12\nRUN rvm install 3.4.2\n",
    good: "FROM debian:12\nRUN rvm install 3.4.2 && rvm cleanup all\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["dockerfile_lint:no_rvm_cleanup_all"],
    cwe: [],
    references: ["https://rvm.io/rvm/cleanup"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInShippedLayers(dockerfile, run)) continue;
      const script = scriptOf(dockerfile, run);
      const last = commandsNamed(script, "rvm").findLast((command) => installs(command));
      const [, word] = last?.words ?? [];
      if (last === undefined || word === undefined) continue;
      const isCleaned = commandsAfter(script, last).some(
        ({ name, args }) =>
          name === "rvm" && args[0]?.value === "cleanup" && args[1]?.value === "all",
      );
      if (isCleaned) continue;
      const edit =
        last.context.nesting > 0
          ? undefined
          : appendCommand(dockerfile, run, script, last, "rvm cleanup all");
      report(
        word.span,
        `nothing cleans behind "rvm ${word.text}"`,
        edit && { fix: { title: 'add "rvm cleanup all"', safe: true, edits: [edit] } },
      );
    }
  },
});

const installs = ({ args }: SimpleCommand): boolean =>
  ["install", "reinstall"].includes(args[0]?.value ?? "");

export default rule;
