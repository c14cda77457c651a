import { instructionsOf, wordSpan } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1225",
    name: "malformed-healthcheck",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "HEALTHCHECK is malformed",
    why: "The builder refuses it or, with options behind `CMD`, runs a program called `--interval=5s`: every container counts as unhealthy and is restarted.",
    howToFix: "Write `HEALTHCHECK [options] CMD command` or `HEALTHCHECK NONE`.",
    bad: "FROM alpine:3.22\nHEALTHCHECK CMD --interval=5s curl -f localhost\n",
    good: "FROM alpine:3.22\nHEALTHCHECK --interval=5s CMD curl -f localhost\n",
    since: "0.1.0",
    aliases: [
      "dockerfile-utils:HEALTHCHECK_CMD_ARGUMENT_MISSING",
      "dockerfile-utils:UNKNOWN_TYPE",
      "dockerfile-utils:UNKNOWN_HEALTHCHECK_FLAG",
    ],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#healthcheck"],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "healthcheck")) {
      const { type, mode, command, flags, headSpan, rest } = node;
      for (const { name, span } of flags)
        if (!FLAGS.includes(name)) report(span, `"--${name}" is no option of "HEALTHCHECK"`);
      if (type === undefined) report(headSpan, "neither CMD nor NONE is given");
      else if (mode === "unknown") report(type.span, `"${type.raw}" is neither CMD nor NONE`);
      else if (command === undefined && mode === "command")
        report(type.span, "no command follows CMD");
      else if (command !== undefined && mode === "none")
        report(wordSpan(rest, type.raw.length, rest.raw.length), "NONE takes no arguments");
      else if (mode === "command") {
        const [first] = scriptOf(dockerfile, node).commands[0]?.words ?? [];
        const name = /^--([a-z-]+)(?:=|$)/.exec(first?.text ?? "")?.[1];
        if (first !== undefined && name !== undefined && FLAGS.includes(name))
          report(first.span, `option "--${name}" stands behind CMD, so it is run as a program`);
      }
    }
  },
});

const FLAGS = ["interval", "timeout", "start-period", "start-interval", "retries"];

export default rule;
