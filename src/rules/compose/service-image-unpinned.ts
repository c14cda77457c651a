import { imageOf } from "../../audit/compose/image.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1034",
    name: "service-image-unpinned",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Image of a service has no tag, or the tag latest",
    why: "What runs changes whenever somebody pulls: tomorrow's start may bring another program, with no line of the file changed.",
    howToFix: "Name a version, and pin it by digest where starts must be repeatable.",
    bad: "services:\n  web:\n    image: nginx\n",
    good: "services:\n  web:\n    image: nginx:1.29.3\n",
    since: "0.1.0",
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
      if (image === undefined || image.digest !== undefined) continue;
      if (image.tag === undefined)
        report(image.span, `image "${image.reference}" has no tag or digest`);
      else if (image.tag === "latest")
        report(image.span, `image "${image.reference}" has the tag latest`);
    }
  },
});

export default rule;
