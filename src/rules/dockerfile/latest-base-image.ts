import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1002",
    name: "latest-base-image",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Base image has the tag latest",
    why: "`latest` is whatever was pushed last, not the newest version: two builds of the same file may start from different systems, and a vulnerable one cannot be told from a repaired one.",
    howToFix:
      "Name a version, and pin it by digest where builds must be repeatable: `FROM debian:12.11-slim@sha256:…`.",
    bad: "FROM debian:latest\n",
    good: "FROM debian:12.11-slim\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3007",
      "trivy:DS001",
      "kics:f45ea400-6bbe-4501-9fc7-1c3d75c32067",
      "checkov:CKV_DOCKER_7",
      "semgrep:avoid-latest-version",
      "dockerfile_lint:is_latest_tag",
      "dockerfilelint:latest_tag",
      "terrascan:AC_DOCKER_0041",
      "droast:DF001",
      "droast:DF024",
      "dockerfile-sec:core-006",
      "dockle:DKL-DI-0006",
    ],
    cwe: ["CWE-1357"],
    benchmarks: ["CIS-Docker-5.28"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#from",
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    ],
  },

  check({ stages }, report) {
    for (const { base } of stages) {
      if (base.kind !== "image" || base.tag !== "latest" || base.digest !== undefined) continue;
      report(
        base.tagSpan ?? base.span,
        `base image "${base.reference}" has the tag "latest"`,
        valuesSetAt(base.word),
      );
    }
  },
});

export default rule;
