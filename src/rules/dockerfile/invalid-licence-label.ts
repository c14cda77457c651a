import { reportLabels } from "../../audit/dockerfile/helpers-label-schema.ts";
import { isLicenceExpression } from "../../audit/dockerfile/spdx.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1346",
    name: "invalid-licence-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A label that should name a licence is no SPDX expression",
    why: "Whoever checks licences by tool cannot tell what the image may be used for.",
    howToFix:
      "Write identifiers of the SPDX list: `MIT`, `Apache-2.0 OR MIT`, `LicenseRef-Company` for one of your own.",
    bad: "FROM alpine:3.22\nLABEL org.opencontainers.image.licenses=Apache\n",
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.licenses=Apache-2.0\n",
    since: "0.1.0",
    profile: "strict",
    options: {
      labels: {
        default: ["org.opencontainers.image.licenses"],
        description: "Labels that must be SPDX licence expressions.",
      },
    },
    aliases: ["hadolint:DL3054"],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
      "https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/",
    ],
  },

  check(dockerfile, report, options) {
    reportLabels(
      dockerfile,
      report,
      options.strings("labels"),
      isLicenceExpression,
      "SPDX licence expression",
    );
  },
});

export default rule;
