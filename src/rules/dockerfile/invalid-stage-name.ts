import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1205",
    name: "invalid-stage-name",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Stage name has a form that the builder rejects",
    why: "The builder refuses the file. The name of a stage is what `--target` and `COPY --from` call it by, so it must not look like a number or a reference.",
    howToFix: "Begin with a letter, and go on with letters, digits, `-`, `_` and `.`.",
    bad: "FROM alpine:3.22 AS 1st\n",
    good: "FROM alpine:3.22 AS first\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["dockerfile-utils:INVALID_BUILD_STAGE_NAME"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#from",
      "https://github.com/moby/buildkit/blob/master/frontend/dockerfile/instructions/parse.go",
    ],
  },

  check(dockerfile, report) {
    for (const { alias } of dockerfile.stages) {
      // `AS build{{if …}}`: a template, which is filled in first.
      if (alias === undefined || /^[a-z][a-z0-9-_.]*$|\{\{/.test(alias.name)) continue;
      const isNumber = /^\d/.test(alias.name);
      report(
        alias.span,
        isNumber
          ? `stage name "${alias.text}" begins with a digit`
          : `stage name "${alias.text}" has characters that a name cannot have`,
      );
    }
  },
});

export default rule;
