import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1101",
    name: "base-image-without-digest",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Base image is not pinned by digest",
    why: "A tag can be moved. Whoever takes over the publisher's account, or the registry, puts another image under the same name, and the next build ships it without a line changed.",
    howToFix:
      "Name the digest behind the tag, `FROM debian:12.11-slim@sha256:…`, and let a bot raise it (`docker buildx imagetools inspect` shows it).",
    bad: "FROM debian:12.11-slim\n",
    good: "FROM debian:12.11-slim@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["semgrep:dockerfile-source-not-pinned", "dockerfile-sec:core-005"],
    cwe: ["CWE-1357"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
      "https://docs.docker.com/reference/dockerfile/#from",
    ],
  },

  check({ stages }, report) {
    for (const { base } of stages) {
      // A wrong digest is an error of its own; an unknown variable may hold one.
      if (base.kind !== "image" || base.digest !== undefined || !base.isResolved) continue;
      // What a template engine has yet to fill in: `{{base}}`.
      if (!/^\w/.test(base.reference)) continue;
      report(base.span, `base image "${base.reference}" has no digest`, valuesSetAt(base.word));
    }
  },
});

export default rule;
