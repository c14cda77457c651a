import { bindMounts, engineSockets, isEngineSocket, isWithin } from "../../audit/bundle/mounts.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1005",
    name: "engine-socket-mount",
    target: "bundle",
    severity: "critical",
    confidence: "high",
    summary: "Socket of a container engine is mounted",
    why: "Whoever can write to the engine's socket can start a privileged container with the host's root mounted, and so is root on the host. A read-only mount does not help: connecting to a socket is no write to the file system.",
    howToFix:
      "Remove the mount. A program that needs facts about containers gets them from a filtering proxy in front of the socket; one that builds images can use a rootless builder.",
    bad: '{"mounts": [{"destination": "/var/run/docker.sock", "type": "bind", "source": "/var/run/docker.sock", "options": ["rbind", "ro"]}]}\n',
    good: '{"mounts": [{"destination": "/run", "type": "tmpfs", "source": "tmpfs"}]}\n',
    since: "0.1.0",
    aliases: [
      "docker-bench:5.32",
      "kics:d6355c88-1e8d-49e9-b2f2-f8a1ca12c75b",
      "semgrep:exposing-docker-socket-volume",
    ],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.32", "NIST-800-190-4.5.5"],
    references: [
      "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
      "https://github.com/opencontainers/runtime-spec/blob/main/config.md#mounts",
    ],
  },

  check(model, report) {
    for (const { mount, source, pointer } of bindMounts(model)) {
      const place = engineSockets.find((socket) => isWithin(socket, source));
      if (isEngineSocket(source))
        report(model.spanOf(pointer), `${quote(mount.source ?? "")} is the socket of an engine`);
      else if (place !== undefined)
        report(
          model.spanOf(pointer),
          `${quote(mount.source ?? "")} holds the socket of an engine, ${quote(place)}`,
        );
      // Rootless engines: /run/user/UID/docker.sock and /run/user/UID/podman/podman.sock.
      else if (/^\/run\/user(?:\/\d+(?:\/podman)?)?$/.test(source))
        report(
          model.spanOf(pointer),
          `${quote(mount.source ?? "")} holds the sockets of rootless engines`,
        );
    }
  },
});

export default rule;
