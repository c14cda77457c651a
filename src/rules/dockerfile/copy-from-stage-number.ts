import type { CopyInstruction, Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1111",
    name: "copy-from-stage-number",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`COPY --from` names a stage by its number",
    why: "A stage put in, taken out or moved changes the numbers: files are then copied from another stage without a word, as long as the path exists there.",
    howToFix: "Name the stage, `FROM … AS build`, and copy from the name.",
    bad: "FROM golang:1.24\nRUN go build -o /app .\nFROM scratch\nCOPY --from=0 /app /app\n",
    good: "FROM golang:1.24 AS build\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
    since: "0.1.0",
    aliases: ["kics:68a51e22-ae5a-4d48-8e87-b01a323605c9"],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/build/building/multi-stage/#name-your-build-stages",
      "https://docs.docker.com/reference/dockerfile/#copy---from",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy")) {
      // In ONBUILD it is a stage of another file.
      if (node.from?.isNumeric !== true || node.isTrigger) continue;
      const fix = withName(dockerfile, node);
      const stage = dockerfile.stages[node.from.stageIndex ?? -1];
      const name = stage?.alias === undefined ? "" : `, which is "${stage.alias.text}"`;
      report(
        node.from.span,
        `stage "${node.from.reference}" is named by its number${name}`,
        fix && { fix },
      );
    }
  },
});

/** The stage's name in place of the number; a stage without one gets one. */
function withName({ stages }: Dockerfile, { from }: CopyInstruction): Fix | undefined {
  const stage = stages[from?.stageIndex ?? -1];
  if (from === undefined || stage === undefined || from.word.raw !== from.reference)
    return undefined;
  if (stage.alias !== undefined)
    return {
      title: "name the stage",
      safe: true,
      edits: [{ span: from.span, text: stage.alias.text }],
    };
  const name = `stage${stage.index}`;
  const [image, ...more] = stage.from.args;
  const isTaken = stages.some(({ alias, base }) => alias?.name === name || base.name === name);
  if (image === undefined || more.length > 0 || isTaken) return undefined;
  const end = image.span.end;
  return {
    title: "give the stage a name",
    safe: true,
    edits: [
      { span: { start: end, end }, text: ` ${asLike(stage.from.keywordText)} ${name}` },
      { span: from.span, text: name },
    ],
  };
}

const asLike = (keyword: string): string => (keyword === keyword.toLowerCase() ? "as" : "AS");

export default rule;
