import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1012",
    name: "service-on-host-network",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Service is in the network namespace of the host",
    why: "The program sees and uses every network interface of the host, reaches what listens on its loopback address alone, and meets no firewall rule of the engine.",
    howToFix: "Remove `network_mode` and publish the ports that are needed.",
    bad: "services:\n  web:\n    image: app:1\n    network_mode: host\n",
    good: "services:\n  web:\n    image: app:1\n",
    since: "0.1.0",
    aliases: ["kics:071a71ff-f868-47a4-ac0b-3c59e4ab5443", "docker-bench:5.10"],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.10", "NIST-800-190-4.4.2"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#network_mode",
      "https://man7.org/linux/man-pages/man7/namespaces.7.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "network_mode");
      if (value?.text === "host")
        report(value.span, `service "${service.name}" is in the network namespace of the host`);
    }
  },
});

export default rule;
