import { type ComposeFile, unknownMark } from "../../audit/compose/model.ts";
import { type PublishedPort, portsOf } from "../../audit/compose/ports.ts";
import { isKnown, scalarAt } from "../../audit/compose/query.ts";
import type { ReportDetails } from "../../audit/rule.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1030",
    name: "port-on-all-interfaces",
    target: "compose",
    severity: "medium",
    confidence: "high",
    summary: "Port is published on all interfaces",
    why: "Everybody who reaches the host reaches the service, past the host's own firewall rules, which the engine's go before.",
    howToFix:
      "Publish on the address that the service is for: `127.0.0.1:8080:80` behind a proxy on the same host.",
    bad: 'services:\n  web:\n    image: app:1\n    ports: ["8080:80"]\n',
    good: 'services:\n  web:\n    image: app:1\n    ports: ["127.0.0.1:8080:80"]\n',
    since: "0.1.0",
    aliases: ["kics:451d79dc-0588-476a-ad03-3c7f0320abb3", "docker-bench:5.14"],
    cwe: ["CWE-693"],
    benchmarks: ["CIS-Docker-5.14", "NIST-800-190-4.4.2"],
    references: [
      "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
      "https://docs.docker.com/reference/compose-file/services/#ports",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      // With the host's network nothing is published.
      if (scalarAt(service, "network_mode")?.text === "host") continue;
      for (const port of portsOf(service)) {
        const { hostIp, target, written, span } = port;
        const isHidden = hostIp === undefined ? target === unknownMark : !isKnown(hostIp);
        if (isHidden || !isEverywhere(hostIp)) continue;
        report(
          span,
          `port "${written}" of service "${service.name}" is published on all interfaces`,
          fixFor(file, port),
        );
      }
    }
  },
});

const isEverywhere = (hostIp: string | undefined): boolean =>
  hostIp === undefined || /^(?:0\.0\.0\.0|\[?(?:::|0:0:0:0:0:0:0:0)\]?)$/.test(hostIp);

function fixFor({ text }: ComposeFile, port: PublishedPort): ReportDetails {
  const { hostIp, published, written, isShort, span } = port;
  const start = span.start + (/["']/.test(text[span.start] ?? "") ? 1 : 0);
  if (!isShort || hostIp !== undefined || !text.startsWith(written, start)) return {};
  const address = published === undefined ? "127.0.0.1::" : "127.0.0.1:";
  const edits = [{ span: { start, end: start }, text: address }];
  return { fix: { title: "publish on the loopback address", safe: false, edits } };
}

export default rule;
