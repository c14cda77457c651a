import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1352",
    name: "test-finding",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A finding that was asked for",
    why: "It proves that findings reach whoever should see them: that a pipeline stops, a report arrives, a notice is sent. Set for all files it blocks every build.",
    howToFix: "Remove the comment `tguard test-finding`, or set the option `everywhere` to false.",
    bad: "# tguard test-finding\nFROM alpine:3.22\n",
    good: "FROM alpine:3.22\n",
    since: "0.1.0",
    profile: "all",
    options: {
      everywhere: { default: false, description: "Report every Dockerfile." },
    },
    aliases: ["anchore:always.always"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/"],
  },

  check({ comments, stages, instructions }, report, options) {
    const comment = comments.find(({ text }) => text === "tguard test-finding");
    const everywhere = options.boolean("everywhere")
      ? (stages.at(-1)?.from ?? instructions[0])?.keywordSpan
      : undefined;
    const at = comment?.span ?? everywhere;
    if (at !== undefined) report(at, "this finding was asked for");
  },
});

export default rule;
