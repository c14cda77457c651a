import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1401",
    name: "add-url-without-checksum",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "ADD takes a file from the network without a checksum",
    why: "Whoever controls the server, or the account that publishes there, decides what goes into the image: another file under the same address is taken without a word.",
    howToFix:
      "Add `--checksum=sha256:<hex digits>` with the sum of the file that was looked at. It takes one source, so write an `ADD` for each file.",
    bad: "FROM alpine:3.22\nADD https://example.com/app.tar.gz /opt/\n",
    good: "FROM alpine:3.22\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/app.tar.gz /opt/\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-494", "CWE-353"],
    references: ["https://docs.docker.com/reference/dockerfile/#add---checksum"],
  },

  check(dockerfile, report) {
    for (const { sources, checksum } of instructionsOf(dockerfile, "add")) {
      if (checksum !== undefined) continue;
      for (const { kind, word } of sources)
        if (kind === "http")
          report(word.span, `nothing checks what "${shownUrl(word.value ?? word.text)}" holds`);
    }
  },
});

export default rule;
