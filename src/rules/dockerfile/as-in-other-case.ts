import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1152",
    name: "as-in-other-case",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "AS is written in another case than FROM",
    why: "Names of stages are found by looking for `AS`; in another case they are overlooked beside image names, which are in lower case too.",
    howToFix: "Write `AS` behind `FROM`, and `as` behind `from`.",
    bad: "FROM debian:12 as build\n",
    good: "FROM debian:12 AS build\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["buildkit:FromAsCasing"],
    cwe: [],
    references: ["https://docs.docker.com/reference/build-checks/from-as-casing/"],
  },

  check({ text, stages }, report) {
    for (const { from, alias } of stages) {
      if (alias === undefined) continue;
      const { keywordText } = from;
      const isUpper = keywordText === "FROM";
      // Of a mixed FROM nothing can be asked.
      if (!isUpper && keywordText !== "from") continue;
      const written = text.slice(alias.asSpan.start, alias.asSpan.end);
      const wanted = isUpper ? "AS" : "as";
      if (written === wanted) continue;
      report(alias.asSpan, `"${written}" stands behind "${keywordText}"`, {
        fix: {
          title: `write "${wanted}"`,
          safe: true,
          edits: [{ span: alias.asSpan, text: wanted }],
        },
      });
    }
  },
});

export default rule;
