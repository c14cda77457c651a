import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1001",
    name: "untagged-base-image",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Base image has neither a tag nor a digest",
    why: "A reference without a tag means `latest`, which is whatever was pushed last: tomorrow's build may start from another system, and nobody can tell from the file what was shipped.",
    howToFix:
      "Name a version, and pin it by digest where builds must be repeatable: `FROM debian:12.11-slim@sha256:…`.",
    bad: "FROM debian\n",
    good: "FROM debian:12.11-slim\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3006",
      "kics:9efb0b2d-89c9-41a3-91ca-dcc0aec911fd",
      "semgrep:missing-image-version",
      "dockerfile_lint:no_tag",
      "dockerfilelint:missing_tag",
      "trivy:DS001",
      "checkov:CKV_DOCKER_7",
      "droast:DF001",
    ],
    cwe: ["CWE-1357"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#from",
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    ],
  },

  check({ stages }, report) {
    for (const { base } of stages) {
      if (base.kind !== "image" || base.tag !== undefined || base.digest !== undefined) continue;
      // `$IMAGE` and `foo$SUFFIX` may hold a tag; in `$REGISTRY/foo` the last part is known to have none.
      if (!base.isNameKnown || !isReference(base.reference)) continue;
      report(
        base.span,
        `base image "${base.reference}" has no tag or digest`,
        valuesSetAt(base.word),
      );
    }
  },
});

/** False for what a template engine has yet to fill in: `{{base}}`, `@BASE@`. */
function isReference(text: string): boolean {
  return /^[\w$]/.test(text);
}

export default rule;
