import { engineSockets, isEngineSocket, isWithin } from "../../audit/bundle/mounts.ts";
import { mountsOf } from "../../audit/compose/volumes.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1008",
    name: "service-with-engine-socket",
    target: "compose",
    severity: "critical",
    confidence: "high",
    summary: "Socket of a container engine is mounted into a service",
    why: "Whoever can write to the engine's socket can start a privileged container with the host's root mounted, and so is root on the host. A read-only mount does not help: connecting to a socket is no write to the file system.",
    howToFix:
      "Remove the mount. A program that needs facts about containers gets them from a filtering proxy in front of the socket; one that builds images can use a rootless builder.",
    bad: "services:\n  web:\n    image: app:1\n    volumes: [/var/run/docker.sock:/var/run/docker.sock:ro]\n",
    good: "services:\n  web:\n    image: app:1\n    volumes: [data:/var/lib/app]\n",
    since: "0.1.0",
    aliases: [
      "kics:d6355c88-1e8d-49e9-b2f2-f8a1ca12c75b",
      "semgrep:exposing-docker-socket-volume",
      "docker-bench:5.32",
    ],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.32", "NIST-800-190-4.5.5"],
    references: [
      "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
      "https://docs.docker.com/reference/compose-file/services/#volumes",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const { source, hostPath, span } of mountsOf(file, service)) {
        if (source === undefined) continue;
        const held = hostPath && engineSockets.find((socket) => isWithin(socket, hostPath));
        // A variable may hide where the socket is, not what it is.
        if (isEngineSocket(hostPath ?? `/${source}`))
          report(span, `service "${service.name}" gets the socket of an engine`);
        else if (held)
          report(
            span,
            `service "${service.name}" gets a folder with the socket of an engine, "${held}"`,
          );
      }
    }
  },
});

export default rule;
