import { joinRuns, shortRunPairs } from "../../audit/dockerfile/helpers-run-pairs.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1324",
    name: "consecutive-run",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Neighbouring RUN instructions could be one",
    why: "Each RUN is a layer of its own. What one writes and the next deletes stays in the image.",
    howToFix: "Join them with `&&`, or write one `RUN <<EOF` with a line for each command.",
    bad: "FROM debian:12\nRUN mkdir /app\nRUN touch /app/log\n",
    good: "FROM debian:12\nRUN mkdir /app && touch /app/log\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:DL3059", "droast:DF003", "kics:0008c003-79aa-42d8-95b8-1c2fe37dbfe6"],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/build/building/best-practices/#run"],
  },

  check(dockerfile, report) {
    for (const { before, run, counts } of shortRunPairs(dockerfile)) {
      // Longer ones are a matter of taste: see consecutive-short-run.
      if (counts[0] + counts[1] > 2) continue;
      const fix = joinRuns(dockerfile, before, run);
      report(run.keywordSpan, "this RUN could be one with the RUN above", fix && { fix });
    }
  },
});

export default rule;
