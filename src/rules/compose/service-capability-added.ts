import { addedCapabilities, defaultCapabilities } from "../../audit/compose/capabilities.ts";
import { removeItem } from "../../audit/compose/edit.ts";
import { isKnown } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1002",
    name: "service-capability-added",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Service is given a capability beyond the default set",
    why: "Capabilities are root's power in pieces. Those outside Docker's 14 reach past the container: they change the network of the host, its clock, its kernel or other programs.",
    howToFix:
      "Remove the capability from `cap_add`. When a program fails without it, look for the one operation that needs it: a device, a sysctl or a mount usually does instead.",
    bad: "services:\n  web:\n    image: app:1\n    cap_add: [NET_ADMIN]\n",
    good: "services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]\n",
    since: "0.1.0",
    aliases: [
      "kics:ce76b7d0-9e77-464d-b86f-c5c48e03e22d",
      "docker-bench:5.4",
      "docker-bench:C.5.3.1",
      "docker-bench:C.5.3.2",
      "docker-bench:C.5.3.3",
      "docker-bench:C.5.3.4",
    ],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.4", "NIST-800-190-4.4.3"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#cap_add",
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const { name, item } of addedCapabilities(service)) {
        if (defaultCapabilities.has(name) || !isKnown(item.text)) continue;
        const what =
          name === "CAP_ALL"
            ? "all capabilities"
            : `capability "${item.text}", not in the default set`;
        report(
          item.span,
          `service "${service.name}" has ${what}`,
          removeItem(file, service, "cap_add", item),
        );
      }
    }
  },
});

export default rule;
