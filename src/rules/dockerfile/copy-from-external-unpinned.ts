import { copiedImages } from "../../audit/dockerfile/helpers-images.ts";
import { isOfficialImage } from "../../audit/dockerfile/helpers-official-images.ts";
import type { ImageReference } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1421",
    name: "copy-from-external-unpinned",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Files are copied from an image that no digest pins",
    why: "Programs taken from another image go into this one unseen. Whoever moves the tag of that image, its owner or somebody with its password, puts a program of his own into every later build.",
    howToFix:
      "Add the digest of the image that was looked at: `COPY --from=composer:2@sha256:… /usr/bin/composer /usr/bin/`, and let a robot raise it.",
    bad: "FROM php:8.4\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/\n",
    good: "FROM php:8.4\nCOPY --from=composer:2@sha256:744ff97b3fe44e9b4b9b4b0bb0a8e4c0d2f1e4e9c6f4a2b7f8f2bd3c0b64fd0a /usr/bin/composer /usr/bin/\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-494", "CWE-1357"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---from",
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    ],
  },

  check(dockerfile, report) {
    for (const image of copiedImages(dockerfile)) {
      if (image.digest !== undefined || !image.isResolved || mayBeContext(image)) continue;
      report(image.span, `image "${image.reference}" has no digest`);
    }
  },
});

/** A bare word may name a build context (`--build-context name=…`), but for names that everybody knows as images. */
function mayBeContext({ reference, name }: ImageReference): boolean {
  return reference === "scratch" || (/^[\w-]+$/.test(reference) && !isOfficialImage(name));
}

export default rule;
