import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1043",
    name: "forbidden-onbuild",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "ONBUILD triggers an instruction that it may not",
    why: "`FROM`, `MAINTAINER` and `ONBUILD` cannot be triggered: the builder refuses the file.",
    howToFix: "Write the instruction into the Dockerfile that builds on this image.",
    bad: "FROM debian:12\nONBUILD MAINTAINER someone\n",
    good: "FROM debian:12\nONBUILD COPY . /app\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3043",
      "datadog-iac:408460f2-2a0f-21ab-ab37-4fb86ac3b5ce",
      "dockerfile-utils:ONBUILD_CHAINING_DISALLOWED",
      "dockerfile-utils:ONBUILD_TRIGGER_DISALLOWED",
      "droast:DF068",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#onbuild-limitations"],
  },

  check(dockerfile, report) {
    for (const node of dockerfile.instructions) {
      if (node.kind !== "onbuild") continue;
      const word = /^\S+/.exec(node.rest.raw)?.[0] ?? "";
      if (!FORBIDDEN.has(word.toUpperCase())) continue;
      const { start } = node.rest.span;
      report({ start, end: start + word.length }, `"${word}" cannot be triggered`);
    }
  },
});

const FORBIDDEN: ReadonlySet<string> = new Set(["FROM", "MAINTAINER", "ONBUILD"]);

export default rule;
