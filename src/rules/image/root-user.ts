import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1001",
    name: "root-user",
    target: "image",
    severity: "medium",
    confidence: "high",
    summary: "Image runs as root",
    why: "A program that is taken over has the rights of the user it runs as. As root it changes every file of the container, and a flaw in the kernel or the runtime is root on the host.",
    howToFix:
      "End the Dockerfile with `USER` and a numeric ID, so that Kubernetes' `runAsNonRoot` can check it.",
    bad: '{"config": {"User": "root"}}\n',
    good: '{"config": {"User": "65532:65532"}}\n',
    since: "0.1.0",
    aliases: ["checkov:CKV_DOCKER_3", "docker-bench:4.1", "dockle:CIS-DI-0001", "trivy:DS002"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-4.1", "NIST-800-190-4.1.2"],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/config.md#properties",
      "https://docs.docker.com/reference/dockerfile/#user",
    ],
  },

  check({ config, spanOf }, report) {
    const user = config.user.split(":")[0] ?? "";
    if (user === "") report(spanOf("/config/User"), "image sets no user, so it runs as root");
    else if (user === "root" || /^0+$/.test(user))
      report(spanOf("/config/User"), `user ${quote(config.user)} is root`);
  },
});

export default rule;
