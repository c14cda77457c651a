import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1007",
    name: "latest-tag",
    target: "image",
    severity: "medium",
    confidence: "high",
    summary: "Image is named with the tag latest",
    why: "`latest` is whatever was pushed last. Two machines that run it may run different programs, and nobody can tell from the name which, or go back to the one before.",
    howToFix: "Tag the image with a version or a commit, and deploy it by digest.",
    bad: '{"repoTags": ["registry.example/team/app:latest"]}\n',
    good: '{"repoTags": ["registry.example/team/app:1.4.2"]}\n',
    since: "0.1.0",
    aliases: ["checkov:CKV_DOCKER_7", "dockle:DKL-DI-0006", "hadolint:DL3007", "trivy:DS001"],
    cwe: ["CWE-1357"],
    benchmarks: ["CIS-Docker-5.28"],
    references: ["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
  },

  check({ repoTags, spanOf }, report) {
    // A layout may give a bare tag; names without one are a layout's too, and say nothing.
    for (const name of repoTags)
      if (name === "latest" || name.endsWith(":latest"))
        report(spanOf(""), `image is named ${quote(name)}`);
  },
});

export default rule;
