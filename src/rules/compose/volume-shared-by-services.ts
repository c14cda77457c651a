import { isKnown } from "../../audit/compose/query.ts";
import { mountsOf } from "../../audit/compose/volumes.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1011",
    name: "volume-shared-by-services",
    target: "compose",
    severity: "info",
    confidence: "high",
    summary: "One volume or directory is mounted into several services",
    why: "A service that is taken over can then change what another one reads. Databases and backups do this on purpose.",
    howToFix:
      "Give each service its own volume, and mount shared ones read-only where they are only read.",
    bad: "services:\n  web:\n    image: app:1\n    volumes: [data:/data]\n  worker:\n    image: app:1\n    volumes: [data:/data]\nvolumes:\n  data:\n",
    good: "services:\n  web:\n    image: app:1\n    volumes: [web:/data]\n  worker:\n    image: app:1\n    volumes: [worker:/data]\nvolumes:\n  web:\n  worker:\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["kics:8c978947-0ff6-485c-b0c2-0bfca6026466"],
    cwe: ["CWE-693"],
    references: ["https://docs.docker.com/reference/compose-file/services/#volumes"],
  },

  check(file, report) {
    const first = new Map<string, { readonly service: string; readonly span: Span }>();
    for (const service of file.services)
      for (const { source, hostPath, span } of mountsOf(file, service)) {
        const key = hostPath ?? source;
        if (key === undefined || !isKnown(key)) continue;
        const before = first.get(key);
        if (before === undefined) first.set(key, { service: service.name, span });
        else if (before.service !== service.name)
          report(span, `"${key}" is mounted into service "${before.service}" as well`, {
            related: [{ span: before.span, message: "the other mount" }],
          });
      }
  },
});

export default rule;
