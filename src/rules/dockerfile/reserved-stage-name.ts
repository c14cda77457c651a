import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1204",
    name: "reserved-stage-name",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Stage has a name that means something else to the builder",
    why: "`FROM scratch` and `COPY --from=context` mean the empty image and the build context. With a stage of that name a reader, and at times the builder, takes one for the other.",
    howToFix: "Give the stage another name.",
    bad: "FROM alpine:3.22 AS scratch\n",
    good: "FROM alpine:3.22 AS base\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3063", "buildkit:ReservedStageName"],
    cwe: [],
    references: ["https://docs.docker.com/reference/build-checks/reserved-stage-name/"],
  },

  check(dockerfile, report) {
    for (const { alias } of dockerfile.stages)
      if (alias !== undefined && (alias.name === "scratch" || alias.name === "context"))
        report(alias.span, `stage name "${alias.text}" is reserved`);
  },
});

export default rule;
