import { removeSetting } from "../../audit/compose/edit.ts";
import { scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1032",
    name: "service-on-default-bridge",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Service is on the engine's default bridge",
    why: "All containers of the host that name no network are on it together and reach each other's ports.",
    howToFix:
      "Remove `network_mode: bridge`: compose then makes a network for the services of this file alone.",
    bad: "services:\n  web:\n    image: app:1\n    network_mode: bridge\n",
    good: "services:\n  web:\n    image: app:1\n",
    since: "0.1.0",
    aliases: ["docker-bench:5.30"],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.30"],
    references: [
      "https://docs.docker.com/engine/network/drivers/bridge/",
      "https://docs.docker.com/reference/compose-file/services/#network_mode",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const value = scalarAt(service, "network_mode");
      if (value?.text === "bridge")
        report(
          value.span,
          `service "${service.name}" is on the default bridge`,
          removeSetting(file, service, "network_mode"),
        );
    }
  },
});

export default rule;
