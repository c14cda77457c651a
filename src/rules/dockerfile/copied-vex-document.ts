import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1149",
    name: "copied-vex-document",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "VEX document is copied into the image",
    why: "A statement about an image's holes changes more often than the image. Inside of it the statement grows old, names no digest, and anybody who builds on the image inherits it.",
    howToFix:
      "Attach it to the image as an attestation: `docker scout attestation add`, `cosign attest --type openvex`.",
    bad: "FROM debian:12\nCOPY app.vex.json /\n",
    good: "FROM debian:12\nCOPY app.json /\n",
    since: "0.1.0",
    aliases: ["tally:prefer-vex-attestation"],
    cwe: [],
    references: [
      "https://docs.docker.com/scout/how-tos/create-exceptions-vex/",
      "https://github.com/openvex/spec/blob/main/ATTESTING.md",
    ],
  },

  check(dockerfile, report) {
    for (const { sources } of instructionsOf(dockerfile, "copy", "add"))
      for (const { kind, word } of sources) {
        const text = word.value ?? word.text;
        if (kind !== "heredoc" && isVex(text)) report(word.span, `"${text}" is a VEX document`);
      }
  },
});

// openvex/spec: `.vex.json`, `.openvex.json`; CSAF's and CycloneDX's are called likewise.
const isVex = (path: string): boolean => /(?:^|[/.])(?:open)?vex\.json$/i.test(path);

export default rule;
