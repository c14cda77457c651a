import { OCI_LABELS } from "../../audit/dockerfile/helpers-label-schema.ts";
import type { Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1343",
    name: "empty-schema-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A label that tools read is empty",
    why: "The label is there, so nobody looks for it any more, and says nothing: who searches images by owner, source or licence does not find this one.",
    howToFix: "Give the label its value, or leave it out.",
    bad: 'FROM alpine:3.22\nLABEL org.opencontainers.image.source=""\n',
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.source=https://example.com/app.git\n",
    since: "0.1.0",
    profile: "strict",
    options: {
      labels: { default: OCI_LABELS, description: "Labels that must not be empty." },
    },
    aliases: ["hadolint:DL3051"],
    cwe: [],
    references: ["https://github.com/opencontainers/image-spec/blob/main/annotations.md"],
  },

  check(dockerfile, report, options) {
    const labels = options.strings("labels");
    for (const { pairs } of instructionsOf(dockerfile, "label"))
      for (const { key, value, span } of pairs)
        if (key.value !== undefined && labels.includes(key.value) && isEmpty(value))
          report(span, `"${key.value}" is empty`);
  },
});

// A build argument may be given another value than its default.
const isEmpty = ({ text, variables }: Word): boolean => text === "" && variables.length === 0;

export default rule;
