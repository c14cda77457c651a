import { defineRule, type Rule } from "../../audit/rule.ts";
import { MEDIA_TYPES } from "../../image/image-spec.ts";

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1004",
    name: "missing-health-check",
    target: "image",
    severity: "low",
    confidence: "medium",
    summary: "Image of a service has no health check",
    why: "Docker restarts a program that ends, not one that hangs: without a health check a service that answers nothing counts as up. Kubernetes ignores the field and has probes of its own.",
    howToFix:
      "Add `HEALTHCHECK` with a command that asks the service itself, or `HEALTHCHECK NONE` when the orchestrator probes it.",
    bad: '{"config": {"ExposedPorts": {"8080/tcp": {}}}}\n',
    good: '{"config": {"ExposedPorts": {"8080/tcp": {}}, "Healthcheck": {"Test": ["CMD", "/bin/app", "ping"]}}}\n',
    since: "0.1.0",
    aliases: ["checkov:CKV_DOCKER_2", "docker-bench:4.6", "dockle:CIS-DI-0006", "trivy:DS026"],
    cwe: ["CWE-710"],
    benchmarks: ["CIS-Docker-4.6"],
    references: ["https://docs.docker.com/reference/dockerfile/#healthcheck"],
  },

  check({ config, configMediaType, spanOf }, report) {
    // OCI configs have no such field (image-spec, config.md): its absence there says nothing.
    if (configMediaType !== MEDIA_TYPES.dockerConfig) return;
    // Tools that run once need none; what exposes no port is taken for one.
    if (config.exposedPorts.length === 0) return;
    if ((config.healthcheck?.test.length ?? 0) > 0) return;
    report(spanOf("/config/Healthcheck"), "image exposes a port and has no health check");
  },
});

export default rule;
