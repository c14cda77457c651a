import { externalBase, instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1146",
    name: "stale-base-digest-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Label names a digest of the base image that FROM does not pin",
    why: "Scanners and update bots believe the label: when the tag behind `FROM` moves they go on comparing with an image that this one is not built on, and miss the holes of the real one.",
    howToFix: "Pin the same digest in `FROM`, or leave the label to the tool that builds.",
    bad: "FROM debian:12\nLABEL org.opencontainers.image.base.digest=sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef\n",
    good: "FROM debian:12@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef\nLABEL org.opencontainers.image.base.digest=sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef\n",
    since: "0.1.0",
    aliases: ["tally:labels/no-stale-base-digest"],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "label")) {
      const stage = stageOf(dockerfile, node);
      // An ONBUILD label is about an image of another file.
      if (stage === undefined || node.isTrigger) continue;
      const base = externalBase(dockerfile, stage);
      if (!base.isResolved && base.digest === undefined) continue;
      for (const { key, value } of node.pairs) {
        const isBaseDigest = key.value === "org.opencontainers.image.base.digest";
        if (!isBaseDigest || value.value === undefined || value.value === "") continue;
        if (value.value === base.digest || base.digest?.includes("$")) continue;
        report(
          value.span,
          base.digest === undefined
            ? `base image "${base.reference}" is not pinned to the digest of the label`
            : `base image has the digest "${base.digest}"`,
        );
      }
    }
  },
});

export default rule;
