import { instructionsOf, isWindows, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1265",
    name: "run-mount-on-windows",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "RUN --mount is used in a Windows stage",
    why: "BuildKit has no mounts on Windows: the build fails, and a secret that was meant to be mounted is then given as an argument.",
    howToFix:
      "Build in a Linux stage, or copy what the step needs and take it away in the same `RUN`.",
    bad: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN --mount=type=cache,target=c:/cache app.exe\n",
    good: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN app.exe\n",
    since: "0.1.0",
    aliases: ["tally:windows/no-run-mounts"],
    cwe: [],
    references: [
      "https://docs.docker.com/build/buildkit/#buildkit-on-windows",
      "https://docs.docker.com/reference/dockerfile/#run---mount",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      const [mount] = run.mounts;
      if (stage !== undefined && mount !== undefined && isWindows(dockerfile, stage))
        report(mount.span, `mount of type "${mount.type}" in a Windows stage`);
    }
  },
});

export default rule;
