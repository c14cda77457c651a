import { joinRuns, shortRunPairs } from "../../audit/dockerfile/helpers-run-pairs.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1908",
    name: "consecutive-short-run",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "Neighbouring RUN instructions of two commands could be one",
    why: "Each RUN is a layer of its own. What one writes and the next deletes stays in the image; on the other hand each has its own place in the build cache.",
    howToFix: "Join them with `&&`, or write one `RUN <<EOF` with a line for each command.",
    bad: "FROM debian:12\nRUN mkdir /app && cd /app\nRUN touch /app/log\n",
    good: "FROM debian:12\nRUN mkdir /app && touch /app/log\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["droast:DF003"],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/build/building/best-practices/#run"],
  },

  check(dockerfile, report) {
    for (const { before, run, counts } of shortRunPairs(dockerfile)) {
      // Single commands are those of consecutive-run.
      if (counts[0] + counts[1] <= 2) continue;
      const fix = joinRuns(dockerfile, before, run);
      report(run.keywordSpan, "this RUN could be one with the RUN above", fix && { fix });
    }
  },
});

export default rule;
