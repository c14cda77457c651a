import { dockerHubName, externalImages } from "../../audit/dockerfile/helpers-images.ts";
import { officialImageLike } from "../../audit/dockerfile/helpers-official-images.ts";
import type { ImageReference } from "../../audit/dockerfile/model.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1422",
    name: "image-name-typosquat",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Image has nearly the name of an official one",
    why: "Names that people mistype are what attackers publish under: the build gets a program of theirs as its base, which works like the real one at first.",
    howToFix:
      "Write the name of the official image. An image that is called so goes into the option `allowed`.",
    bad: "FROM ngnix:1.28\n",
    good: "FROM nginx:1.28\n",
    since: "0.1.0",
    options: {
      allowed: { default: [], description: "Names that are right as they are, without tag" },
    },
    aliases: [],
    cwe: ["CWE-1007", "CWE-829"],
    references: ["https://docs.docker.com/docker-hub/image-library/trusted-content/"],
  },

  check(dockerfile, report, options) {
    const allowed = options.strings("allowed");
    for (const image of externalImages(dockerfile)) {
      const name = dockerHubName(image);
      if (name === undefined || name.includes("/") || allowed.includes(name)) continue;
      const meant = officialImageLike(name);
      if (meant === undefined) continue;
      const fix = renamed(dockerfile.text, image, name, meant);
      report(image.span, `"${name}" is nearly the official image "${meant}"`, fix && { fix });
    }
  },
});

function renamed(
  text: string,
  { nameSpan }: ImageReference,
  name: string,
  meant: string,
): Fix | undefined {
  const written = text.slice(nameSpan.start, nameSpan.end);
  // What a variable made stands elsewhere.
  if (written !== name && !written.endsWith(`/${name}`)) return undefined;
  return {
    title: `write "${meant}"`,
    safe: false,
    edits: [{ span: { start: nameSpan.end - name.length, end: nameSpan.end }, text: meant }],
  };
}

export default rule;
