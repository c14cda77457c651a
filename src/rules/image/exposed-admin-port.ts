import { defineRule, type Rule } from "../../audit/rule.ts";

/** Ports of services that let somebody administer a machine from afar: IANA service names, and Docker's own. */
const SERVICES: readonly {
  readonly first: number;
  readonly last: number;
  readonly name: string;
}[] = [
  { first: 21, last: 21, name: "FTP" },
  { first: 22, last: 22, name: "SSH" },
  { first: 23, last: 23, name: "Telnet" },
  { first: 512, last: 514, name: "rexec, rlogin, rsh" },
  { first: 2375, last: 2376, name: "Docker" },
  { first: 3389, last: 3389, name: "RDP" },
  { first: 5800, last: 5800, name: "VNC" },
  { first: 5900, last: 5910, name: "VNC" },
  { first: 5985, last: 5986, name: "WinRM" },
];

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1005",
    name: "exposed-admin-port",
    target: "image",
    severity: "low",
    confidence: "high",
    summary: "Port of a remote administration service is exposed",
    why: "A login service in a container is one more way in, with its own keys, passwords and updates. Containers are entered with `docker exec` or `kubectl exec`, under the engine's access control.",
    howToFix: "Remove the service and its `EXPOSE`.",
    bad: '{"config": {"ExposedPorts": {"22/tcp": {}}}}\n',
    good: '{"config": {"ExposedPorts": {"8080/tcp": {}}}}\n',
    since: "0.1.0",
    aliases: ["checkov:CKV_DOCKER_1", "docker-bench:5.7", "trivy:DS004"],
    cwe: ["CWE-284", "CWE-710"],
    benchmarks: ["CIS-Docker-5.7"],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/config.md#properties",
      "https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml",
    ],
  },

  check({ config, spanOf }, report) {
    for (const { first, last, protocol, pointer } of config.exposedPorts)
      for (const service of SERVICES) {
        const low = Math.max(first, service.first);
        const high = Math.min(last, service.last);
        if (low > high) continue;
        const ports = low === high ? `port ${low}` : `ports ${low} to ${high}`;
        report(spanOf(pointer), `${ports}/${protocol} (${service.name}) exposed`);
      }
  },
});

export default rule;
