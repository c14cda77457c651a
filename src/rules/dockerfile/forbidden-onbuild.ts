import { wordSpan } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1043",
    name: "forbidden-onbuild",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "ONBUILD holds FROM, MAINTAINER or ONBUILD",
    why: "Builders refuse the file. One that does not gives an image that nobody can build upon.",
    howToFix: "Delete the instruction, or write it without `ONBUILD`.",
    bad: "FROM node:22\nONBUILD ONBUILD RUN npm ci\n",
    good: "FROM node:22\nONBUILD RUN npm ci\n",
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

  check({ instructions }, report) {
    for (const node of instructions) {
      if (node.kind !== "onbuild") continue;
      const { rest, trigger } = node;
      const [keyword = ""] = rest.raw.split(/\s/, 1);
      if (FORBIDDEN.includes(keyword.toUpperCase()))
        report(wordSpan(rest, 0, keyword.length), `"${keyword}" cannot be triggered`);
      if (trigger?.kind !== "copy" || trigger.from === undefined) continue;
      // Builders before BuildKit knew no stages of the file that is built later.
      const flag = trigger.flags.find(({ name }) => name === "from");
      report(flag?.span ?? trigger.keywordSpan, 'older builders refuse "--from" in "ONBUILD"', {
        severity: "info",
      });
    }
  },
});

const FORBIDDEN = ["FROM", "MAINTAINER", "ONBUILD"];

export default rule;
