import { problemCode } from "../../audit/dockerfile/problem-code.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { closest } from "../../base/suggest.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1263",
    name: "invalid-onbuild-trigger",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "What follows ONBUILD is no instruction",
    why: "The builder refuses the file, or only the one that is built FROM its image, where nobody sees why.",
    howToFix: "Write an instruction other than `FROM`, `MAINTAINER` and `ONBUILD`.",
    bad: "FROM alpine:3.22\nONBUILD RUM apk upgrade\n",
    good: "FROM alpine:3.22\nONBUILD RUN apk upgrade\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:invalid-onbuild-trigger"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#onbuild"],
  },

  check(dockerfile, report) {
    for (const problem of dockerfile.problems)
      if (problemCode(problem) === "trigger") report(problem.span, problem.message);
    for (const node of dockerfile.instructions) {
      const trigger = node.kind === "onbuild" ? node.trigger : undefined;
      if (trigger?.kind !== "unknown") continue;
      const near = closest(trigger.keyword, KEYWORDS);
      const fix: Fix | undefined =
        near === undefined
          ? undefined
          : {
              title: `write "${near}"`,
              safe: false,
              edits: [{ span: trigger.keywordSpan, text: near }],
            };
      report(
        trigger.keywordSpan,
        `"${trigger.keywordText}" is no instruction${near === undefined ? "" : `; "${near}" is`}`,
        fix && { fix },
      );
    }
  },
});

const KEYWORDS = [
  ...["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL"],
  ...["RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
];

export default rule;
