import { frontendsOf, isOfficialFrontend } from "../../audit/dockerfile/helpers-frontend.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1409",
    name: "frontend-unpinned",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`# syntax=` names a frontend without a digest",
    why: "The frontend reads the file and decides what is built from it. A tag can be moved: whoever moves it changes every build that names it, and nothing in the file shows it.",
    howToFix:
      "Pin it: `# syntax=docker/dockerfile:1.19@sha256:…`, and let a robot raise the digest; or leave the line out, then the builder's own frontend is used.",
    bad: "# syntax=docker/dockerfile:1\nFROM alpine:3.22\n",
    good: "# syntax=docker/dockerfile:1@sha256:9857836c9ee4268391bb5b09f9f157f3c91bb15821bb77969642813b0d00518d\nFROM alpine:3.22\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-494", "CWE-1357"],
    references: ["https://docs.docker.com/build/buildkit/frontend/"],
  },

  check(dockerfile, report) {
    for (const frontend of frontendsOf(dockerfile)) {
      const { digest, reference, span, tag } = frontend;
      if (digest !== undefined) continue;
      // Release tags of BuildKit's own frontend are moved to fixes of the same series only.
      const isRelease = isOfficialFrontend(frontend) && /^\d[\d.]*$/.test(tag ?? "");
      report(
        span,
        `frontend "${reference}" has no digest`,
        isRelease ? { severity: "low" } : undefined,
      );
    }
  },
});

export default rule;
