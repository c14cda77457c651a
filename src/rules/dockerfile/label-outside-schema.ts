import { OCI_LABELS } from "../../audit/dockerfile/helpers-label-schema.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1342",
    name: "label-outside-schema",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "LABEL sets a key that the team's schema does not know",
    why: "A key that is spelled otherwise than agreed is not found by the tools that look for it.",
    howToFix: "Take a key of the schema, or add this one to the option `labels`.",
    bad: "FROM alpine:3.22\nLABEL Version=1\n",
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.version=1.0.0\n",
    since: "0.1.0",
    profile: "all",
    options: {
      labels: {
        default: OCI_LABELS,
        description: "Keys that may be set; an empty list allows every key.",
      },
    },
    aliases: ["hadolint:DL3050"],
    cwe: [],
    references: ["https://github.com/opencontainers/image-spec/blob/main/annotations.md"],
  },

  check(dockerfile, report, options) {
    const labels = options.strings("labels");
    if (labels.length === 0) return;
    for (const { pairs } of instructionsOf(dockerfile, "label")) {
      const other = pairs.find(({ key }) => key.value !== undefined && !labels.includes(key.value));
      if (other !== undefined) report(other.key.span, `"${other.key.value}" is not in the schema`);
    }
  },
});

export default rule;
