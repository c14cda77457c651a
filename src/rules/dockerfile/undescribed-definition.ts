import type { Instruction } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1153",
    name: "undescribed-definition",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Comment above ARG or FROM does not begin with the name it describes",
    why: "`docker build --call=outline` and `--call=targets` show the comment as the description of the argument or stage only when it begins with the name; others are lost.",
    howToFix:
      "Begin the comment with the name, or leave an empty line below comments about something else.",
    bad: "# The version of the tool\nARG VERSION=1\nFROM debian:12\n",
    good: "# VERSION is the version of the tool\nARG VERSION=1\nFROM debian:12\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["buildkit:InvalidDefinitionDescription"],
    cwe: [],
    references: ["https://docs.docker.com/reference/build-checks/invalid-definition-description/"],
  },

  check(dockerfile, report) {
    for (const node of dockerfile.instructions) {
      const names = namesOf(node);
      const comment = node.commentsAbove.at(-1);
      if (comment === undefined || names.length === 0 || comment.text === "") continue;
      const [word] = comment.text.split(/\s/, 1);
      if (word !== undefined && names.includes(word)) continue;
      report(comment.span, `comment does not begin with "${names.join('" or "')}"`);
    }
  },
});

/** Names of the arguments, or of the stage; none for a stage without. */
function namesOf(node: Instruction): readonly string[] {
  if (node.kind === "arg") return node.arguments.map(({ name }) => name);
  if (node.kind !== "from" || node.alias === undefined) return [];
  return [node.alias.text];
}

export default rule;
