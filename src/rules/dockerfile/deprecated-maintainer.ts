import type { Dockerfile, MaintainerInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1004",
    name: "deprecated-maintainer",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "MAINTAINER is deprecated",
    why: "Builders warn about it since Docker 1.13 and may stop to take it. What it sets is a field that images in the OCI format rarely show, and that cannot be searched as labels can.",
    howToFix: 'Set a label: `LABEL org.opencontainers.image.authors="…"`.',
    bad: "FROM debian:12\nMAINTAINER me@example.org\n",
    good: 'FROM debian:12\nLABEL org.opencontainers.image.authors="me@example.org"\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL4000",
      "buildkit:MaintainerDeprecated",
      "trivy:DS022",
      "kics:99614418-f82b-4852-a9ae-5051402b741c",
      "checkov:CKV_DOCKER_6",
      "semgrep:maintainer-is-deprecated",
      "dockerfile_lint:maintainer_deprecated",
      "dockerfilelint:deprecated_in_1.13",
      "dockerfile-utils:DEPRECATED_MAINTAINER",
      "droast:DF019",
      "dockerfile-sec:core-007",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#maintainer-deprecated",
      "https://docs.docker.com/reference/build-checks/maintainer-deprecated/",
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "maintainer")) {
      const fix = labelFor(dockerfile, node);
      report(node.keywordSpan, `"${node.keywordText}" is deprecated`, fix && { fix });
    }
  },
});

/** The label in its place; a comment between its lines would be lost, so then none. */
function labelFor(
  { comments, escape: escapeChar }: Dockerfile,
  { index, name, keywordSpan }: MaintainerInstruction,
): Fix | undefined {
  const text = name.raw.trim();
  if (text === "" || comments.some((comment) => comment.insideInstruction === index))
    return undefined;
  // MAINTAINER takes its text as it stands, LABEL expands variables and takes quotes away.
  const bare = /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text;
  const quoted = `"${bare.replace(/["$\\`]/g, (char) => (char === "`" && escapeChar === "\\" ? char : escapeChar + char))}"`;
  return {
    title: "set a label instead",
    // The author field of the image config goes away.
    safe: false,
    edits: [
      {
        span: { start: keywordSpan.start, end: name.span.end },
        text: `LABEL org.opencontainers.image.authors=${quoted}`,
      },
    ],
  };
}

export default rule;
