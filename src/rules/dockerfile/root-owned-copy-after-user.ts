import { effectiveUser, instructionsOf, isWindows, stageOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1215",
    name: "root-owned-copy-after-user",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "COPY after USER makes files that the user cannot change",
    why: "`COPY` does not look at `USER`: the files belong to root. A program that should write to them fails at run time, and the usual way out is to make them writable for all or to go back to root.",
    howToFix:
      "Where the program writes to the files: `COPY --chown=<user>`. Where it only reads them: put the `COPY` above `USER`, so that this shows (see copy-chown-to-ordinary-user).",
    bad: "FROM node:22\nUSER node\nCOPY package.json /app/\n",
    good: "FROM node:22\nUSER node\nCOPY --chown=node package.json /app/\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:copy-after-user-without-chown"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
      "https://docs.docker.com/reference/dockerfile/#user",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      const stage = stageOf(dockerfile, node);
      if (
        stage === undefined ||
        node.isTrigger ||
        node.chown !== undefined ||
        isWindows(dockerfile, stage)
      )
        continue;
      const user = effectiveUser(dockerfile, node);
      if (user?.user === undefined || user.user === "" || /^(?:root|0+)$/i.test(user.user))
        continue;
      const next = stage.instructions.find(({ index }) => index > node.index);
      const target = node.destination?.value?.replace(/\/+$/, "");
      const isGivenNext =
        next?.kind === "run" &&
        commandsNamed(scriptOf(dockerfile, next), "chown").some((command) =>
          operands(command).some(
            ({ value }) =>
              value === undefined ||
              target === undefined ||
              `${target}/`.startsWith(`${value.replace(/\/+$/, "")}/`) ||
              value === ".",
          ),
        );
      if (isGivenNext) continue;
      const { end } = node.keywordSpan;
      const fix: Fix | undefined =
        user.word.value === user.word.raw
          ? {
              title: `add "--chown=${user.word.raw}"`,
              safe: false,
              edits: [{ span: { start: end, end }, text: ` --chown=${user.word.raw}` }],
            }
          : undefined;
      report(node.keywordSpan, `files belong to root, and run with user "${user.user}"`, {
        related: [{ span: user.word.span, message: "user is set here" }],
        ...(fix && { fix }),
      });
    }
  },
});

export default rule;
