import { serviceSign } from "../../audit/dockerfile/helpers-service.ts";
import { effectiveHealthcheck, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1903",
    name: "image-without-healthcheck",
    target: "dockerfile",
    severity: "info",
    confidence: "low",
    summary: "Image has no HEALTHCHECK, though nothing shows that it is a service",
    why: "A policy that asks every image for a health check (CIS Docker 4.6) asks these too. An image that exposes no port and starts no known server may still serve: then a program that hangs counts as up.",
    howToFix:
      "Add `HEALTHCHECK` with a command that asks the service itself, or `HEALTHCHECK NONE`, which says that none is meant.",
    bad: 'FROM node:22\nCMD ["node", "job.js"]\n',
    good: 'FROM node:22\nHEALTHCHECK NONE\nCMD ["node", "job.js"]\n',
    since: "0.1.0",
    profile: "all",
    aliases: [
      "hadolint:DL3057",
      "trivy:DS026",
      "kics:b03a748a-542d-44f4-bb86-9199ab4fd2d5",
      "checkov:CKV_DOCKER_2",
      "terrascan:AC_DOCKER_0047",
      "droast:DF012",
    ],
    cwe: ["CWE-710"],
    benchmarks: ["CIS-Docker-4.6"],
    references: ["https://docs.docker.com/reference/dockerfile/#healthcheck"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined || effectiveHealthcheck(dockerfile, stage) !== undefined) return;
    // Services are reported by missing-healthcheck-instruction.
    if (serviceSign(dockerfile, stage) !== undefined) return;
    report(stage.from.image?.span ?? stage.from.keywordSpan, `image has no "HEALTHCHECK"`);
  },
});

export default rule;
