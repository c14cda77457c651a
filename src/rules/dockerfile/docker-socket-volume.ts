import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1313",
    name: "docker-socket-volume",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "VOLUME asks for the socket of a container engine",
    why: "Who has the engine's socket starts a container with the host's root mounted and owns the machine. A VOLUME does not give it, it invites users to mount it.",
    howToFix:
      "Remove the VOLUME. Where the program must talk to the engine, put a proxy between them that lets single calls through.",
    bad: "FROM alpine:3.22\nVOLUME /var/run/docker.sock\n",
    good: "FROM alpine:3.22\nVOLUME /var/lib/app\n",
    since: "0.1.0",
    aliases: ["semgrep:dockerfile-dockerd-socket-mount"],
    cwe: ["CWE-862", "CWE-269"],
    benchmarks: ["CIS-Docker-5.32"],
    references: [
      "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
      "https://docs.docker.com/reference/dockerfile/#volume",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "volume"))
      for (const { value, span } of node.paths) {
        const path = value?.replace(/(?<!\/)\/+$/, "");
        if (path === undefined || !SOCKETS.includes(path.replace(/^\/var\/run\//, "/run/")))
          continue;
        report(
          span,
          `"${path}" is the socket of a container engine`,
          node.paths.length > 1
            ? undefined
            : {
                fix: {
                  title: "remove the VOLUME",
                  safe: false,
                  edits: [deleteInstruction(dockerfile, node)],
                },
              },
        );
      }
  },
});

const SOCKETS = [
  "/run/docker.sock",
  "/run/podman/podman.sock",
  "/run/containerd/containerd.sock",
  "/run/crio/crio.sock",
];

export default rule;
