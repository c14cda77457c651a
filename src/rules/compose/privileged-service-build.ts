import { isTrue, itemsAt, scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1037",
    name: "privileged-service-build",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Build of a service has privileges on the host",
    why: "The steps of a build run what the base image and the packages bring; with these entitlements they run without the builder's sandbox, or in the host's network.",
    howToFix: "Remove `privileged`, the entitlement, or `network: host` from `build`.",
    bad: "services:\n  web:\n    build:\n      context: .\n      privileged: true\n",
    good: "services:\n  web:\n    build:\n      context: .\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-250"],
    references: [
      "https://docs.docker.com/reference/compose-file/build/#privileged",
      "https://docs.docker.com/reference/compose-file/build/#entitlements",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const build = `the build of service "${service.name}"`;
      const privileged = scalarAt(service, "build", "privileged");
      if (privileged !== undefined && isTrue(privileged))
        report(privileged.span, `${build} is privileged`);
      for (const { text, span } of itemsAt(service, "build", "entitlements"))
        if (text === "security.insecure" || text === "network.host")
          report(span, `${build} is entitled to "${text}"`);
      const network = scalarAt(service, "build", "network");
      if (network?.text === "host") report(network.span, `${build} is in the network of the host`);
    }
  },
});

export default rule;
