import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import {
  argumentsOf,
  commandsNamed,
  hasFlag,
  isSubcommand,
  packages,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1125",
    name: "apk-add-without-virtual",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Packages are added and deleted in one RUN without a name for the group",
    why: "The two lists have to be kept in step by hand: what is added to the first and forgotten in the second stays in the image, compilers among it.",
    howToFix:
      "Give the group a name, and delete that: `apk add --virtual .build gcc make && … && apk del .build`.",
    bad: "FROM alpine:3.22\nRUN apk add gcc make && make && apk del gcc make\n",
    good: "FROM alpine:3.22\nRUN apk add --virtual .build gcc make && make && apk del .build\n",
    since: "0.1.0",
    aliases: ["dockerfilelint:apkadd-missing-virtual"],
    cwe: [],
    references: ["https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper#Add_a_Package"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const commands = commandsNamed(scriptOf(dockerfile, run), "apk");
      const deletes = commands.filter((command) => isSubcommand(command, ["apk"], ["del"]));
      if (deletes.length === 0) continue;
      // A group that one `apk add` names is what is deleted.
      if (commands.some((command) => hasFlag(command, "-t", "--virtual"))) continue;
      for (const command of commands) {
        const { subcommand } = argumentsOf(command);
        const added = packages(command);
        const isDeleted = deletes.some(({ index }) => index > command.index);
        if (subcommand === undefined || added.length < 2 || !isDeleted) continue;
        report(subcommand.span, `${added.length} packages are added without a name for "apk del"`);
      }
    }
  },
});

export default rule;
