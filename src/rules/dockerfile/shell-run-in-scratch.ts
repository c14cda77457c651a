import { externalBase, stageChain, stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1248",
    name: "shell-run-in-scratch",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "RUN needs a shell, and the stage has none",
    why: "`scratch` is empty: the builder finds no `/bin/sh` and the build fails, at times only when that stage is asked for.",
    howToFix: "Do the work in another stage and copy the result, or copy a shell first.",
    bad: "FROM scratch\nRUN mkdir /data\nCOPY app /app\n",
    good: "FROM scratch\nWORKDIR /data\nCOPY app /app\n",
    since: "0.1.0",
    aliases: ["tally:shell-run-in-scratch"],
    cwe: [],
    references: [
      "https://docs.docker.com/build/building/base-images/#create-a-minimal-base-image-using-scratch",
      "https://docs.docker.com/reference/dockerfile/#run",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      if (externalBase(dockerfile, stage).kind !== "scratch") continue;
      const first = stageChain(dockerfile, stage)
        .reverse()
        .flatMap(({ instructions }) => instructions)
        .find(({ kind }) => kind === "copy" || kind === "add");
      for (const run of stageInstructions(stage, "run")) {
        const isBefore = first === undefined || run.index < first.index;
        // A mount may bring the shell.
        if (
          isBefore &&
          run.command.form !== "exec" &&
          run.mounts.every(({ type }) => type !== "bind" && type !== "cache")
        )
          report(
            run.keywordSpan,
            'nothing brings a shell into the stage from "scratch" before this',
          );
      }
    }
  },
});

export default rule;
