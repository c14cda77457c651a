import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1014",
    name: "service-in-host-ipc-namespace",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Service is in the IPC namespace of the host",
    why: "The program reads and changes shared memory, semaphores and message queues of the host's programs.",
    howToFix:
      "Remove `ipc: host`; services that share memory with each other can use `ipc: service:NAME`.",
    bad: "services:\n  web:\n    image: app:1\n    ipc: host\n",
    good: "services:\n  web:\n    image: app:1\n",
    since: "0.1.0",
    aliases: ["kics:baa3890f-bed7-46f5-ab8f-1da8fc91c729", "docker-bench:5.17"],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.17"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#ipc",
      "https://man7.org/linux/man-pages/man7/namespaces.7.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "ipc");
      if (value?.text === "host")
        report(value.span, `service "${service.name}" is in the IPC namespace of the host`);
      else if (value?.text === "shareable")
        report(value.span, `service "${service.name}" lets others into its IPC namespace`, {
          severity: "info",
        });
    }
  },
});

export default rule;
