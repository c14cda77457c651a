import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1233",
    name: "invalid-expose-protocol",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "EXPOSE names a protocol that there is not",
    why: "The builder refuses the file: it knows `tcp`, `udp` and `sctp`.",
    howToFix: "Write `tcp`, `udp` or `sctp` behind the slash, or nothing, which means `tcp`.",
    bad: "FROM alpine:3.22\nEXPOSE 53/dns\n",
    good: "FROM alpine:3.22\nEXPOSE 53/udp\n",
    since: "0.1.0",
    aliases: ["dockerfile-utils:INVALID_PROTO"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#expose"],
  },

  check(dockerfile, report) {
    for (const { ports } of instructionsOf(dockerfile, "expose"))
      for (const { word, protocol } of ports) {
        // The model gives "tcp" where a variable hides the protocol.
        if (PROTOCOLS.includes(protocol) || /[${]/.test(protocol)) continue;
        report(
          word.span,
          protocol === "" ? "no protocol follows the slash" : `"${protocol}" is no protocol`,
          valuesSetAt(word),
        );
      }
  },
});

const PROTOCOLS = ["tcp", "udp", "sctp"];

export default rule;
