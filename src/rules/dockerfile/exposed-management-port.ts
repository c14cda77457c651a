import { ADMIN_SERVICES } from "../../audit/admin-ports.ts";
import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import type { Dockerfile, ExposeInstruction, Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1032",
    name: "exposed-management-port",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "EXPOSE names the port of a remote administration service",
    why: "A login service in a container is one more way in, with its own keys, passwords and updates. Containers are entered with `docker exec` or `kubectl exec`, under the engine's access control.",
    howToFix: "Remove the service and its `EXPOSE`.",
    bad: "FROM debian:12\nEXPOSE 22\n",
    good: "FROM debian:12\nEXPOSE 8080\n",
    since: "0.1.0",
    aliases: [
      "trivy:DS004",
      "kics:5907595b-5b6d-4142-b173-dbb0e73fbff8",
      "checkov:CKV_DOCKER_1",
      "terrascan:AC_DOCKER_0026",
      "docker-bench:5.7",
    ],
    cwe: ["CWE-284", "CWE-710"],
    benchmarks: ["CIS-Docker-5.7"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#expose",
      "https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "expose")) {
      // A variable may hold several ports: they are one word.
      const words = [...new Set(node.ports.map(({ word }) => word))];
      for (const word of words) {
        const values = (word.value ?? "").split(/\s+/).filter((value) => value !== "");
        for (const value of values) {
          const names = services(value);
          if (names.length === 0) continue;
          const fix = values.length === 1 ? withoutPort(dockerfile, node, words, word) : undefined;
          report(word.span, `port "${value}" is for ${names.join(", ")}`, {
            ...valuesSetAt(word),
            ...(fix && { fix }),
          });
        }
      }
    }
  },
});

/** `22`, `20-25/tcp`, `2222:22` (the part behind the colon is the container's). */
function services(value: string): readonly string[] {
  const [, from, to = from] = /^(?:.*:)?(\d{1,5})(?:-(\d{1,5}))?(?:\/\w+)?$/.exec(value) ?? [];
  if (from === undefined) return [];
  const found = ADMIN_SERVICES.filter(
    ({ first, last }) => first <= Number(to) && last >= Number(from),
  );
  return [...new Set(found.map(({ name }) => name))];
}

function withoutPort(
  dockerfile: Dockerfile,
  node: ExposeInstruction,
  words: readonly Word[],
  { span }: Word,
): Fix | undefined {
  if (words.length === 1 && node.isTrigger) return undefined;
  const before = /[ \t]*$/.exec(dockerfile.text.slice(0, span.start))?.[0].length ?? 0;
  const edit =
    words.length === 1
      ? deleteInstruction(dockerfile, node)
      : { span: { start: span.start - before, end: span.end }, text: "" };
  return { title: "expose it no longer", safe: false, edits: [edit] };
}

export default rule;
