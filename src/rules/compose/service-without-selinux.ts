import { securityOptions } from "../../audit/compose/security.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1020",
    name: "service-without-selinux",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Service runs without SELinux separation",
    why: "On hosts with SELinux, the label keeps a container that got out from the files of the host and of other containers.",
    howToFix:
      "Remove `label:disable`. A mount that the container may not use gets the option `z` or `Z`.",
    bad: "services:\n  web:\n    image: app:1\n    security_opt: [label:disable]\n",
    good: "services:\n  web:\n    image: app:1\n    security_opt: [label:type:svirt_apache_t]\n",
    since: "0.1.0",
    aliases: ["semgrep:selinux-separation-disabled", "docker-bench:5.3"],
    cwe: ["CWE-284"],
    benchmarks: ["CIS-Docker-5.3"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#security_opt",
      "https://docs.docker.com/engine/containers/run/#security-configuration",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      // spc_t is the type of privileged containers, which nothing is kept from.
      for (const { name, value, span } of securityOptions(service))
        if (name === "label" && /^(?:disable|type:spc_t)$/.test(value))
          report(span, `service "${service.name}" runs without SELinux separation`);
    }
  },
});

export default rule;
