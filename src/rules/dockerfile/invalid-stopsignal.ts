import { signalName } from "../../audit/dockerfile/helpers-signal.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { closest } from "../../base/suggest.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1228",
    name: "invalid-stopsignal",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "STOPSIGNAL is no signal",
    why: "The builder refuses the file, or the container cannot be stopped in an orderly way: after the time-out it is killed.",
    howToFix: "Write a name of signal(7), with or without `SIG`, or a number from 1 to 64.",
    bad: "FROM alpine:3.22\nSTOPSIGNAL SIGTREM\n",
    good: "FROM alpine:3.22\nSTOPSIGNAL SIGTERM\n",
    since: "0.1.0",
    aliases: ["dockerfile-utils:INVALID_SIGNAL"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#stopsignal",
      "https://man7.org/linux/man-pages/man7/signal.7.html",
    ],
  },

  check(dockerfile, report) {
    for (const { signal } of instructionsOf(dockerfile, "stopsignal")) {
      const { value, span } = signal;
      if (
        value === undefined ||
        value === "" ||
        value.startsWith("{{") ||
        signalName(value) !== undefined
      )
        continue;
      const near = closest(value.toUpperCase().replace(/^(?!SIG)/, "SIG"), COMMON);
      const fix: Fix | undefined =
        near === undefined || signal.variables.length > 0
          ? undefined
          : { title: `write "${near}"`, safe: false, edits: [{ span, text: near }] };
      report(span, `"${value}" is no signal`, fix && { fix });
    }
  },
});

const COMMON = [
  "SIGTERM",
  "SIGINT",
  "SIGQUIT",
  "SIGHUP",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGRTMIN+3",
];

export default rule;
