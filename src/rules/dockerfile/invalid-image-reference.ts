import { isPlaceholder, sourceReferences } from "../../audit/dockerfile/helpers-reference.ts";
import type { ImageReference } from "../../audit/dockerfile/model.ts";
import { referenceProblem } from "../../audit/dockerfile/reference-grammar.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1203",
    name: "invalid-image-reference",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Image reference is one that no registry can hold",
    why: "The builder refuses it, at times only when that stage is built: a release that nobody tried fails on the day it is needed.",
    howToFix:
      "Write `[registry[:port]/]path[:tag][@digest]`, the path in small letters, the tag of at most 128 letters, digits, `.`, `_` and `-`.",
    bad: "FROM Example/App:1\n",
    good: "FROM registry.example/app:1\n",
    since: "0.1.0",
    aliases: [
      "dockerfile-utils:INVALID_REFERENCE_FORMAT",
      "dockerfile-utils:FLAG_INVALID_FROM_VALUE",
    ],
    cwe: [],
    references: [
      "https://github.com/distribution/reference/blob/main/reference.go",
      "https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests",
    ],
  },

  check(dockerfile, report) {
    const check = (image: ImageReference): void => {
      if (!image.isResolved || isPlaceholder(image.reference)) return;
      const problem = referenceProblem(image.reference);
      const given = image.reference === "" ? "image reference" : `"${image.reference}"`;
      if (problem !== undefined) report(image.span, `${given} ${problem}`);
    };
    for (const { base, from } of dockerfile.stages)
      if (base.kind === "image" && from.image !== undefined && from.image.variables.length === 0)
        check(base);
    for (const { from } of sourceReferences(dockerfile))
      if (from.kind === "image" && from.word.variables.length === 0) check(from);
  },
});

export default rule;
