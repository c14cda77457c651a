import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1032",
    name: "exposed-management-port",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Image exposes a port for managing machines",
    why: "A container is replaced, not logged into: a server for SSH, RDP, VNC or the Docker API in it is one more program to break in through, with users and keys of its own.",
    howToFix: "Leave the server out; use `docker exec`, or the orchestrator's way in.",
    bad: "FROM debian:12\nEXPOSE 22\n",
    good: "FROM debian:12\nEXPOSE 8080\n",
    since: "0.1.0",
    aliases: [
      "trivy:DS004",
      "kics:5907595b-5b6d-4142-b173-dbb0e73fbff8",
      "checkov:CKV_DOCKER_1",
      "terrascan:AC_DOCKER_0026",
      "docker-bench:5.7",
    ],
    cwe: ["CWE-284", "CWE-710"],
    benchmarks: ["CIS-Docker-5.7"],
    references: ["https://docs.docker.com/reference/dockerfile/#expose"],
  },

  check(dockerfile, report) {
    for (const { ports } of instructionsOf(dockerfile, "expose"))
      for (const { word, from, to } of ports) {
        if (from === undefined || to === undefined) continue;
        const found = PORTS.find(([first, last]) => first <= to && last >= from);
        if (found !== undefined) report(word.span, `port "${word.text}" is for ${found[2]}`);
      }
  },
});

/** First and last port, and what listens there (IANA service names and port numbers). */
const PORTS: readonly (readonly [number, number, string])[] = [
  [21, 21, "FTP"],
  [22, 22, "SSH"],
  [23, 23, "telnet"],
  [512, 514, "rsh"],
  [2375, 2376, "the Docker API"],
  [3389, 3389, "RDP"],
  [5800, 5800, "VNC"],
  [5900, 5910, "VNC"],
  [5985, 5986, "WinRM"],
];

export default rule;
