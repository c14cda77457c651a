import { isEngineSocket } from "../../audit/bundle/mounts.ts";
import { portsOf } from "../../audit/compose/ports.ts";
import { mountsOf } from "../../audit/compose/volumes.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1038",
    name: "published-service-with-engine-socket",
    target: "compose",
    severity: "critical",
    confidence: "high",
    summary: "Service with the engine's socket publishes a port",
    why: "Whoever finds a hole in the service from the network has the engine's socket, and with it the host.",
    howToFix:
      "Put a filtering proxy without published ports between the service and the socket, on a network of its own.",
    bad: 'services:\n  web:\n    image: app:1\n    volumes: [/var/run/docker.sock:/var/run/docker.sock]\n    ports: ["80:80"]\n',
    good: "services:\n  web:\n    image: app:1\n    volumes: [/var/run/docker.sock:/var/run/docker.sock]\n    networks: [socket]\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-250", "CWE-668"],
    references: [
      "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
      "https://docs.docker.com/reference/compose-file/services/#ports",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const socket = mountsOf(file, service).find(
        ({ source, hostPath }) => source !== undefined && isEngineSocket(hostPath ?? `/${source}`),
      );
      if (socket === undefined) continue;
      const port = portsOf(service).find(({ hostIp = "" }) => !/^(?:127\.|::1$)/.test(hostIp));
      if (port !== undefined)
        report(
          port.span,
          `service "${service.name}" has the socket of an engine and publishes port "${port.written}"`,
          { related: [{ span: socket.span, message: "the socket" }] },
        );
    }
  },
});

export default rule;
