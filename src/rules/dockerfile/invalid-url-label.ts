import { reportLabels } from "../../audit/dockerfile/helpers-label-schema.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1344",
    name: "invalid-url-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A label that should hold a URL does not",
    why: "Tools make a link of it: registries, scanners, catalogues. A wrong one leads nowhere, or where somebody else registers the name.",
    howToFix: "Write the whole address with its scheme: `https://example.com/app`.",
    bad: "FROM alpine:3.22\nLABEL org.opencontainers.image.url=example\n",
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.url=https://example.com/app\n",
    since: "0.1.0",
    profile: "strict",
    options: {
      labels: {
        default: [
          "org.opencontainers.image.url",
          "org.opencontainers.image.source",
          "org.opencontainers.image.documentation",
        ],
        description: "Labels that must be URLs.",
      },
    },
    aliases: ["hadolint:DL3052"],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
      "https://www.rfc-editor.org/rfc/rfc3986",
    ],
  },

  check(dockerfile, report, options) {
    reportLabels(dockerfile, report, options.strings("labels"), isUrl, "URL");
  },
});

/** An absolute URI; a web address needs its host. */
function isUrl(text: string): boolean {
  if (!/^[a-z][a-z0-9+-]*:[^\s]+$/i.test(text) || !URL.canParse(text)) return false;
  return !/^https?:/i.test(text) || /^https?:\/\/[^/]/i.test(text);
}

export default rule;
