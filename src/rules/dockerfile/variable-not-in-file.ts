import { undefinedUses } from "../../audit/dockerfile/helpers-variables.ts";
import { externalBase, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1267",
    name: "variable-not-in-file",
    target: "dockerfile",
    severity: "medium",
    confidence: "low",
    summary: "Variable is used that this file does not set",
    why: "When the base image does not set it either, the builder puts nothing in its place, without an error. A new version of the base image may drop it at any time.",
    howToFix: "Declare it by `ARG` or `ENV`, or give a default: `${NAME:-value}`.",
    bad: "FROM alpine:3.22\nCOPY app $APP_HOME/\n",
    good: "FROM alpine:3.22\nENV APP_HOME=/srv\nCOPY app $APP_HOME/\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["buildkit:UndefinedVar"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/undefined-var/",
      "https://docs.docker.com/reference/dockerfile/#environment-replacement",
    ],
  },

  check(dockerfile, report) {
    for (const { node, use, near, setLater } of undefinedUses(dockerfile)) {
      const stage = stageOf(dockerfile, node);
      if (stage === undefined || near !== undefined || setLater !== undefined) continue;
      const { kind, reference } = externalBase(dockerfile, stage);
      if (kind !== "scratch")
        report(use.span, `nothing in this file sets "${use.name}"; perhaps "${reference}" does`);
    }
  },
});

export default rule;
