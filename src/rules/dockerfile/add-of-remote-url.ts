import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1109",
    name: "add-of-remote-url",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "ADD fetches a file from an address",
    why: "What lies behind the address is not under the control of who builds: it can be exchanged, and goes into the image as it is. It cannot be unpacked or checked before it is a layer.",
    howToFix:
      "Keep the file beside the Dockerfile, or give its digest with `--checksum=sha256:…`; then the finding is a note.",
    bad: "FROM debian:12\nADD https://example.com/app.tar /app/\n",
    good: "FROM debian:12\nADD app.tar /app/\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["kics:4b410d24-1cbe-4430-a632-62c9a931cf1c", "terrascan:AC_DOCKER_0035"],
    cwe: ["CWE-610"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#add",
      "https://docs.docker.com/reference/dockerfile/#add---checksum",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "add"))
      for (const { kind, word } of node.sources)
        if (kind === "http")
          report(
            word.span,
            `"${shownUrl(word.value ?? word.text)}" is fetched into the image`,
            node.checksum && { severity: "info" },
          );
  },
});

export default rule;
