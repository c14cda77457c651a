import { sourceReferences } from "../../audit/dockerfile/helpers-reference.ts";
import { reachableStages } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1206",
    name: "circular-stages",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Stages need one another in a circle",
    why: "None of the stages can be built, so neither can the image. BuildKit sees it only when it comes to build one of them.",
    howToFix: "Move what both need into a stage of its own, above both.",
    bad: "FROM alpine:3.22 AS a\nCOPY --from=b /x /x\nFROM alpine:3.22 AS b\nCOPY --from=a /y /y\n",
    good: "FROM alpine:3.22 AS a\nRUN touch /y\nFROM alpine:3.22 AS b\nCOPY --from=a /y /y\n",
    since: "0.1.0",
    aliases: ["tally:circular-stage-deps"],
    cwe: [],
    references: [
      "https://docs.docker.com/build/building/multi-stage/",
      "https://docs.docker.com/reference/dockerfile/#copy---from",
    ],
  },

  check(dockerfile, report) {
    const { stages } = dockerfile;
    const reached = new Map<number, ReadonlySet<number>>();
    for (const { from, node } of sourceReferences(dockerfile)) {
      const own = node.stageIndex;
      const target = from.stageIndex === undefined ? undefined : stages[from.stageIndex];
      // Every circle has a step forward.
      if (own === undefined || target === undefined || target.index <= own) continue;
      let back = reached.get(target.index);
      if (back === undefined) {
        if (reached.size >= MAX_TARGETS) return;
        back = reachableStages(dockerfile, target);
        reached.set(target.index, back);
      }
      if (back.has(own))
        report(from.word.span, `stage "${from.word.text}" needs the stage that it is used in`, {
          related: [
            { span: target.alias?.span ?? target.from.keywordSpan, message: "begins here" },
          ],
        });
    }
  },
});

/** Stages that are looked at; each look may walk over all of them. */
const MAX_TARGETS = 64;

export default rule;
