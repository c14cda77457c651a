import { entryAt, isKnown, settingsAt } from "../../audit/compose/query.ts";
import { isSecretName, mayBeSecretValue } from "../../audit/image/secrets.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1036",
    name: "secret-passed-as-build-argument",
    target: "compose",
    severity: "high",
    confidence: "medium",
    summary: "Secret is handed to a build as an argument",
    why: "Values of build arguments stand in the history of the image and in the provenance of the build: everybody who can pull the image reads them.",
    howToFix: "Use `build.secrets`, and `RUN --mount=type=secret` in the Dockerfile.",
    bad: "services:\n  web:\n    build:\n      context: .\n      args: [NPM_TOKEN]\n",
    good: "services:\n  web:\n    build:\n      context: .\n      secrets: [npm_token]\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-522", "CWE-538"],
    references: [
      "https://docs.docker.com/reference/compose-file/build/#secrets",
      "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      if (entryAt(service, "build", "secrets") ?? entryAt(service, "build", "ssh")) continue;
      for (const { name, value, at, valueAt } of settingsAt(service, "build", "args")) {
        if (!isSecretName(name)) continue;
        if (value !== undefined && isKnown(value) && !mayBeSecretValue(value)) continue;
        report(at, `the build of service "${service.name}" gets secret "${name}" as an argument`, {
          masked: value === undefined || !isKnown(value) ? [] : [valueAt],
        });
      }
    }
  },
});

export default rule;
