import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1420",
    name: "base-image-from-build-arg",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "A build argument is the whole name of the base image",
    why: "Whoever may set a build argument swaps the base for any image of any registry. The file that was reviewed says nothing of what the image is made from, nor do scanners that read it.",
    howToFix:
      "Keep registry and name in the file and let the argument choose the tag: `FROM debian:${TAG}@…`. A mirror is chosen by an argument for the prefix: `FROM ${REGISTRY}/debian:12`.",
    bad: "ARG BASE=debian:12\nFROM ${BASE}\n",
    good: "ARG TAG=12\nFROM debian:${TAG}\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-829", "CWE-454"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact",
    ],
  },

  check({ stages }, report) {
    for (const { base, from } of stages) {
      const { image } = from;
      const [use] = image?.variables ?? [];
      if (image === undefined || use === undefined || use.declaration?.kind !== "global-arg")
        continue;
      const isWhole =
        use.rawStart === leadingQuote(image.raw) && use.rawEnd >= image.raw.length - 1;
      // `FROM ${MODE}` with a stage for each mode chooses among what the file has.
      if (!isWhole || base.kind === "stage") continue;
      const at = use.declaration.span;
      report(image.span, `build argument "${use.name}" names the whole base image`, {
        ...(at && { related: [{ span: at, message: `"${use.name}" is declared here` }] }),
      });
    }
  },
});

const leadingQuote = (raw: string): number => (/^["']/.test(raw) ? 1 : 0);

export default rule;
