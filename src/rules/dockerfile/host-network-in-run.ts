import { removeInstructionFlag } from "../../audit/dockerfile/helpers-instruction-edit.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1311",
    name: "host-network-in-run",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "RUN uses the network of the machine that builds",
    why: "With `--network=host` the command reaches what listens on the builder's loopback: databases, daemons, the metadata service of a cloud and its credentials. A package that runs code when it is installed reaches them too.",
    howToFix:
      "Remove the flag; the default network reaches the outside. Give what the build needs by a build argument or a named context.",
    bad: "# syntax=docker/dockerfile:1\nFROM node:22\nRUN --network=host npm ci\n",
    good: "# syntax=docker/dockerfile:1\nFROM node:22\nRUN npm ci\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-653"],
    references: ["https://docs.docker.com/reference/dockerfile/#run---network"],
  },

  check(dockerfile, report) {
    for (const { flags } of instructionsOf(dockerfile, "run"))
      for (const flag of flags)
        if (flag.name === "network" && flag.value?.value === "host")
          report(flag.span, "this RUN is in the network of the builder", {
            fix: {
              title: "remove the flag",
              safe: false,
              edits: [removeInstructionFlag(dockerfile, flag)],
            },
          });
  },
});

export default rule;
