import { instructionsOf, wordSpan } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1117",
    name: "uppercase-expose-protocol",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Protocol of EXPOSE is not in lower case",
    why: "Builders write the protocol into the image as they find it or in lower case: programs that compare it with `tcp` or `udp` do not find the port.",
    howToFix: "Write `tcp`, `udp` or `sctp` in lower case.",
    bad: "FROM debian:12\nEXPOSE 80/TCP\n",
    good: "FROM debian:12\nEXPOSE 80/tcp\n",
    since: "0.1.0",
    aliases: ["buildkit:ExposeProtoCasing"],
    cwe: [],
    references: ["https://docs.docker.com/reference/build-checks/expose-proto-casing/"],
  },

  check(dockerfile, report) {
    for (const { ports } of instructionsOf(dockerfile, "expose"))
      for (const word of new Set(ports.map((port) => port.word))) {
        const protocol = /\/([A-Za-z]+)$/.exec(word.value ?? word.text)?.[1];
        if (protocol === undefined || protocol === protocol.toLowerCase()) continue;
        // Elsewhere it comes out of a variable.
        const isWritten = word.raw.endsWith(`/${protocol}`);
        const span = isWritten
          ? wordSpan(word, word.raw.length - protocol.length, word.raw.length)
          : word.span;
        report(
          span,
          `protocol "${protocol}" is not in lower case`,
          isWritten
            ? {
                fix: {
                  title: "write it in lower case",
                  safe: true,
                  edits: [{ span, text: protocol.toLowerCase() }],
                },
              }
            : undefined,
        );
      }
  },
});

export default rule;
