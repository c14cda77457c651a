import { findCredentials, isSecretName, mayBeSecretValue } from "../../audit/image/secrets.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1002",
    name: "secret-in-environment",
    target: "image",
    severity: "high",
    confidence: "medium",
    summary: "Environment of the image holds a secret",
    why: "Everybody who can pull the image reads its environment, and so does every program in the container, its crash reports and `/proc/PID/environ`.",
    howToFix:
      "Take the secret out, change it, and hand it to the container when it starts: as a mounted file, or from the orchestrator's secret store. Builds get secrets by `RUN --mount=type=secret`.",
    bad: '{"config": {"Env": ["DB_PASSWORD=hunter2"]}}\n',
    good: '{"config": {"Env": ["DB_PASSWORD_FILE=/run/secrets/db"]}}\n',
    since: "0.1.0",
    aliases: [
      "buildkit:SecretsUsedInArgOrEnv",
      "docker-bench:4.10",
      "dockle:CIS-DI-0010",
      "trivy:DS031",
    ],
    cwe: ["CWE-522", "CWE-538"],
    benchmarks: ["CIS-Docker-4.10", "NIST-800-190-4.1.4"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
    ],
  },

  check({ config, spanInString }, report) {
    for (const { name, value, pointer } of config.env) {
      // Never the value: reports are kept, mailed and published.
      const at = spanInString(pointer, 0, name.length);
      const [credential] = findCredentials(value);
      if (credential !== undefined)
        report(at, `variable ${quote(name)} holds a literal credential: ${credential.kind}`);
      else if (isSecretName(name) && mayBeSecretValue(value))
        report(at, `variable ${quote(name)} holds a secret, going by its name`);
    }
  },
});

export default rule;
