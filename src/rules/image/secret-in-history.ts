import { type HistorySecret, secretsInHistory } from "../../audit/image/history.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1003",
    name: "secret-in-history",
    target: "image",
    severity: "high",
    confidence: "medium",
    summary: "History of the image holds a secret",
    why: "Builders record every instruction with the values of its build arguments. `docker history` shows them to everybody who can pull the image, also those that a later instruction took back.",
    howToFix:
      "Change the secret and build again with `RUN --mount=type=secret`, whose content is not recorded. Squashing keeps the history of the config; make the image anew.",
    bad: '{"history": [{"created_by": "RUN |1 NPM_TOKEN=s3cr3t-v4lue /bin/sh -c npm ci # buildkit"}]}\n',
    good: '{"history": [{"created_by": "RUN /bin/sh -c npm ci # buildkit"}]}\n',
    since: "0.1.0",
    aliases: [
      "docker-bench:4.10",
      "dockle:CIS-DI-0010",
      "semgrep:secret-in-build-arg",
      "tally:secrets-in-code",
    ],
    cwe: ["CWE-522", "CWE-538", "CWE-798"],
    benchmarks: ["CIS-Docker-4.10", "NIST-800-190-4.1.4"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/dockerfile/#arg",
    ],
  },

  check({ config, history, spanInString }, report) {
    // A build argument is listed again with every RUN after it: one finding a value.
    const seen = new Set<string>();
    for (const entry of history)
      for (const secret of secretsInHistory(entry)) {
        const key = `${secret.name ?? ""}=${secret.value}`;
        if (seen.has(key)) continue;
        seen.add(key);
        // secret-in-environment reports what is still in the environment.
        const isInEnvironment = config.env.some(
          ({ name, value }) =>
            entry.step.instruction === "ENV" &&
            (secret.name === undefined
              ? value.includes(secret.value)
              : name === secret.name && value === secret.value),
        );
        if (isInEnvironment) continue;
        report(spanInString(entry.pointer, secret.at.start, secret.at.end), messageFor(secret));
      }
  },
});

function messageFor({ via, name, kind }: HistorySecret): string {
  switch (via) {
    case "build argument":
      return `history keeps the value of build argument ${quote(name ?? "")}`;
    case "ENV":
      return `history keeps a value that variable ${quote(name ?? "")} once had`;
    case "command":
      return `history keeps the value that a command gives ${quote(name ?? "")}`;
    case "credential":
      return `history keeps a literal credential: ${kind ?? ""}`;
  }
}

export default rule;
