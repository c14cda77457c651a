import { serviceSign } from "../../audit/dockerfile/helpers-service.ts";
import { effectiveHealthcheck, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1012",
    name: "missing-healthcheck-instruction",
    target: "dockerfile",
    severity: "info",
    confidence: "medium",
    summary: "Image of a service has no HEALTHCHECK",
    why: "Docker restarts a program that ends, not one that hangs: without a health check a service that answers nothing counts as up. Kubernetes ignores the instruction and has probes of its own; images for it need none.",
    howToFix:
      "Add `HEALTHCHECK` with a command that asks the service itself, or `HEALTHCHECK NONE` when the orchestrator probes it.",
    bad: 'FROM node:22\nEXPOSE 8080\nCMD ["node", "server.js"]\n',
    good: 'FROM node:22\nEXPOSE 8080\nHEALTHCHECK CMD ["node", "ping.js"]\nCMD ["node", "server.js"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL3057",
      "trivy:DS026",
      "kics:b03a748a-542d-44f4-bb86-9199ab4fd2d5",
      "checkov:CKV_DOCKER_2",
      "terrascan:AC_DOCKER_0047",
      "droast:DF012",
      "dockle:CIS-DI-0006",
      "docker-bench:4.6",
      "kics:698ed579-b239-4f8f-a388-baa4bcb13ef8",
    ],
    cwe: ["CWE-710"],
    benchmarks: ["CIS-Docker-4.6"],
    references: ["https://docs.docker.com/reference/dockerfile/#healthcheck"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined || effectiveHealthcheck(dockerfile, stage) !== undefined) return;
    const sign = serviceSign(dockerfile, stage);
    const at = stage.from.image?.span ?? stage.from.keywordSpan;
    if (sign !== undefined) report(at, `image ${sign} and has no "HEALTHCHECK"`);
  },
});

export default rule;
