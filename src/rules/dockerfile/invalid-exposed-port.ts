import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1013",
    name: "invalid-exposed-port",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "EXPOSE names a port that cannot be",
    why: "Ports go from 1 to 65535. Some builders refuse the file, others write the wrong port into the image, and then nothing can be published by it.",
    howToFix:
      "Write the port that the program listens on, or a range with the lower end first: `EXPOSE 8080`, `EXPOSE 7000-7010/udp`. Which port of the host it gets is said when the container starts.",
    bad: "FROM debian:12\nEXPOSE 80800\n",
    good: "FROM debian:12\nEXPOSE 8080\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3011",
      "trivy:DS008",
      "kics:71bf8cf8-f0a1-42fa-b9d2-d10525e0a38e",
      "semgrep:invalid-port",
      "terrascan:AC_DOCKER_0011",
      "dockerfile-utils:INVALID_PORT",
      "dockerfilelint:invalid_port",
      "droast:DF040",
    ],
    cwe: ["CWE-682"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#expose",
      "https://docs.docker.com/reference/build-checks/expose-invalid-format/",
    ],
  },

  check(dockerfile, report) {
    for (const { ports } of instructionsOf(dockerfile, "expose")) {
      // A variable may hold several ports: they are one word.
      for (const word of new Set(ports.map((port) => port.word))) {
        for (const value of word.value?.split(/\s+/) ?? []) {
          const problem = problemOf(value);
          if (problem !== undefined) report(word.span, problem, valuesSetAt(word));
        }
      }
    }
  },
});

function problemOf(value: string): string | undefined {
  const [ports = ""] = value.split("/");
  // A host address or port in front is what expose-with-host-part tells.
  if (value === "" || /^(?:[\w.]+|\[[\da-fA-F:]*\]):(?:\d+:)?\d/.test(ports)) return undefined;
  const match = /^(\d+)(?:-(\d+))?$/.exec(ports);
  if (match === null) return `"${ports}" is not a port`;
  const [, from = "", to = from] = match;
  for (const port of [from, to]) {
    if (Number(port) > 65535) return `port "${port}" is greater than 65535`;
    if (Number(port) === 0) return `port "${port}" cannot be listened on`;
  }
  if (Number(from) > Number(to)) return `range "${ports}" ends below its beginning`;
  return undefined;
}

export default rule;
