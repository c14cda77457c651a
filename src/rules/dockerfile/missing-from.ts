import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1256",
    name: "missing-from",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "File has no FROM, so it makes no image",
    why: "No image can be built from it. Mostly it is a part of a file, or a file of another kind under this name, and whatever checks it checks nothing.",
    howToFix: "Begin with `FROM`.",
    bad: "ARG VERSION=1\n",
    good: "ARG VERSION=1\nFROM alpine:3.22\n",
    since: "0.1.0",
    aliases: [
      "datadog-iac:19619060-f22e-094f-fda1-aacf37b69bba",
      "dockerfile-utils:NO_SOURCE_IMAGE",
      "dockerfile_lint:builtin:no_commands",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#from"],
  },

  check(dockerfile, report) {
    const { stages, instructions } = dockerfile;
    for (const { from } of stages)
      if (from.args.length === 0) report(from.keywordSpan, '"FROM" names no image');
    if (stages.length === 0)
      report(instructions[0]?.keywordSpan ?? { start: 0, end: 0 }, 'file has no "FROM"');
  },
});

export default rule;
