import { signalName } from "../../audit/dockerfile/helpers-signal.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1229",
    name: "ungraceful-stopsignal",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "STOPSIGNAL is one that a program cannot handle",
    why: "`docker stop` then ends the program in the middle of what it does, with data half written, or does nothing to it until the time-out.",
    howToFix: "Write the signal that the program closes down on, mostly `SIGTERM` or `SIGINT`.",
    bad: "FROM alpine:3.22\nSTOPSIGNAL SIGKILL\n",
    good: "FROM alpine:3.22\nSTOPSIGNAL SIGTERM\n",
    since: "0.1.0",
    aliases: ["tally:no-ungraceful-stopsignal"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#stopsignal",
      "https://man7.org/linux/man-pages/man7/signal.7.html",
    ],
  },

  check(dockerfile, report) {
    for (const { signal } of instructionsOf(dockerfile, "stopsignal")) {
      const name = signalName(signal.value ?? "");
      if (name === undefined || !UNGRACEFUL.includes(name)) continue;
      const fix: Fix | undefined =
        signal.variables.length > 0
          ? undefined
          : {
              title: 'write "SIGTERM"',
              safe: false,
              edits: [{ span: signal.span, text: "SIGTERM" }],
            };
      report(signal.span, `"SIG${name}" ends no program in an orderly way`, fix && { fix });
    }
  },
});

/** Signals that cannot be caught, that stop or continue, and those of a fault. */
const UNGRACEFUL = ["KILL", "STOP", "CONT", "TSTP", "SEGV", "BUS", "ILL", "FPE", "TRAP", "SYS"];

export default rule;
