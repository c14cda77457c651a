import { isKnown, settingsAt } from "../../audit/compose/query.ts";
import { findCredentials, isSecretName, mayBeSecretValue } from "../../audit/image/secrets.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const ways = [["environment"], ["labels"], ["build", "args"]] as const;

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1035",
    name: "secret-in-service-settings",
    target: "compose",
    severity: "high",
    confidence: "medium",
    summary: "Secret stands in the environment, labels or build arguments of a service",
    why: "Everybody who can read the repository has the secret; so has everybody who may inspect the container, and every program started in it.",
    howToFix:
      "Put the secret into a file outside of the repository, hand it over by `secrets`, and change the one that was in the file.",
    bad: "services:\n  web:\n    image: app:1\n    environment:\n      DB_PASSWORD: hunter2x9\n",
    good: "services:\n  web:\n    image: app:1\n    environment:\n      DB_PASSWORD_FILE: /run/secrets/db_password\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-798", "CWE-522"],
    references: [
      "https://docs.docker.com/compose/how-tos/use-secrets/",
      "https://cwe.mitre.org/data/definitions/798.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const way of ways)
        for (const setting of settingsAt(service, ...way)) {
          const { name, value, hasVariables, at, valueAt } = setting;
          const isSecret = value !== undefined && holdsSecret(name, value);
          if (!isSecret) continue;
          const place = `${way.join(".")} of service "${service.name}"`;
          report(at, `"${name}" in ${place} holds a secret`, {
            masked: [valueAt],
            // The default of a variable is replaced where somebody cares to.
            ...(hasVariables && { severity: "medium" as const }),
          });
        }
    }
  },
});

/** A path says where the secret is; a variable without a default says nothing. */
function holdsSecret(name: string, value: string): boolean {
  if (!isKnown(value)) return false;
  if (findCredentials(value).length > 0) return true;
  const isPath = /^\/[\w.-]+(?:\/[\w.-]+)+$/.test(value);
  return isSecretName(name) && !isPath && mayBeSecretValue(value);
}

export default rule;
