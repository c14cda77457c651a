import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1234",
    name: "expose-with-host-part",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "EXPOSE gives an address or port of the host",
    why: "`EXPOSE` only says what the program listens on; which port of the host leads there is told at `docker run -p`. The builder warns and takes the last part, so the mapping that was meant does not exist.",
    howToFix: "Write the port of the container alone: `EXPOSE 80`.",
    bad: "FROM alpine:3.22\nEXPOSE 8080:80\n",
    good: "FROM alpine:3.22\nEXPOSE 80\n",
    since: "0.1.0",
    aliases: ["buildkit:ExposeInvalidFormat", "dockerfilelint:expose_host_port"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/expose-invalid-format/",
      "https://docs.docker.com/reference/dockerfile/#expose",
    ],
  },

  check(dockerfile, report) {
    // A variable may hold several: each word once.
    for (const { ports } of instructionsOf(dockerfile, "expose"))
      for (const word of new Set(ports.map((port) => port.word))) {
        const value = word.value?.trim() ?? "";
        const match = /^(?:(?:[\w.]+|\[[\da-fA-F:.]*\]|):)+(\d+(?:-\d+)?(?:\/\w+)?)$/.exec(
          value.length > 200 ? "" : value,
        );
        const port = match?.[1];
        if (port === undefined) continue;
        const fix: Fix | undefined =
          word.variables.length > 0
            ? undefined
            : { title: `write "${port}"`, safe: true, edits: [{ span: word.span, text: port }] };
        report(word.span, `"${value}" names more than a port of the container`, fix && { fix });
      }
  },
});

export default rule;
