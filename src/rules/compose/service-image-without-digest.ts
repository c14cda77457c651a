import { imageOf } from "../../audit/compose/image.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1040",
    name: "service-image-without-digest",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Image of a service is not pinned by digest",
    why: "A tag can be moved to another image, by its owner or by whoever has the owner's password.",
    howToFix: "Append the digest: `image: nginx:1.29.3@sha256:…`.",
    bad: "services:\n  web:\n    image: nginx:1.29.3\n",
    good: "services:\n  web:\n    image: nginx:1.29.3@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["docker-bench:5.28"],
    cwe: ["CWE-1357"],
    benchmarks: ["CIS-Docker-5.28"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#image",
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const image = imageOf(service);
      if (image !== undefined && image.digest === undefined)
        report(image.span, `image "${image.reference}" has no digest`);
    }
  },
});

export default rule;
