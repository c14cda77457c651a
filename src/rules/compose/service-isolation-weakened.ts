import { weaknesses } from "../../audit/compose/weaknesses.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1039",
    name: "service-isolation-weakened",
    target: "compose",
    severity: "high",
    confidence: "medium",
    summary: "Setting weakens the isolation of a service",
    why: "Each of these gives the program something of the host or of another service: unmasked kernel files, its control groups, processes, the engine's socket by a group, devices by number, or another runtime.",
    howToFix: "Remove the setting. Most programs that are said to need it need less.",
    bad: "services:\n  web:\n    image: app:1\n    cgroup: host\n",
    good: "services:\n  web:\n    image: app:1\n    sysctls:\n      net.ipv4.ip_unprivileged_port_start: 0\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-250", "CWE-668"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#cgroup",
      "https://docs.docker.com/reference/compose-file/services/#sysctls",
      "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const { at, fact, severity } of weaknesses(service))
        report(at, `service "${service.name}" ${fact}`, severity === undefined ? {} : { severity });
    }
  },
});

export default rule;
