import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1025",
    name: "cd-in-run",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "RUN begins with cd",
    why: "The change ends with the `RUN`: who reads on expects later instructions to run there. `WORKDIR` makes the directory, stays in force and is seen by whoever looks at the image.",
    howToFix: "Put `WORKDIR /path` in front.",
    bad: "FROM node:22\nRUN cd /app && npm ci\n",
    good: "FROM node:22\nWORKDIR /app\nRUN npm ci\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3003",
      "trivy:DS013",
      "kics:f4a6bcd3-e231-4acf-993c-aa027be50d2e",
      "semgrep:use-workdir",
      "terrascan:AC_DOCKER_0018",
      "droast:DF008",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#workdir",
      "https://docs.docker.com/build/building/best-practices/#workdir",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.isTrigger) continue;
      const { commands } = scriptOf(dockerfile, run);
      const first = commands[0];
      const target = first?.args[0];
      if (first?.name !== "cd" || target === undefined || first.args.length > 1) continue;
      if (first.context.isSubshell || first.nestedIn !== undefined) continue;
      if (target.value === undefined || target.value === "-") continue;
      // Nothing follows: the command has no effect, which is another matter.
      if (commands.length < 2) continue;
      // A later cd moves on from there: WORKDIR would not say the same.
      report(first.span, `build step begins with "cd ${target.text}"`);
    }
  },
});

export default rule;
