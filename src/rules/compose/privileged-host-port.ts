import { hostPorts, portsOf } from "../../audit/compose/ports.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1031",
    name: "privileged-host-port",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Port below 1024 of the host is published",
    why: "Only root may listen on these ports, and clients trust what answers there; a service that takes one stands in the place of a service of the host.",
    howToFix:
      "Publish a higher port, or let one proxy alone have 80 and 443 and allow them by the option.",
    bad: 'services:\n  web:\n    image: app:1\n    ports: ["22:22"]\n',
    good: 'services:\n  web:\n    image: app:1\n    ports: ["127.0.0.1:8080:80"]\n',
    since: "0.1.0",
    options: {
      allowed: {
        default: [],
        description: "Host ports that may be published all the same, as `80`.",
      },
    },
    aliases: ["kics:bc2908f3-f73c-40a9-8793-c1b7d5544f79", "docker-bench:5.8"],
    cwe: ["CWE-269"],
    benchmarks: ["CIS-Docker-5.8"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#ports",
      "https://www.rfc-editor.org/rfc/rfc6335#section-6",
    ],
  },

  check(file, report, options) {
    const allowed = options.strings("allowed");
    for (const service of file.services) {
      for (const port of portsOf(service)) {
        const [first, last] = hostPorts(port) ?? [0, 0];
        if (first === 0 || first > 1023) continue;
        if (first === last && allowed.includes(String(first))) continue;
        report(port.span, `service "${service.name}" takes port ${first} of the host`);
      }
    }
  },
});

export default rule;
