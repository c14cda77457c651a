import { isLeadingCd } from "../../audit/dockerfile/helpers-cd.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1904",
    name: "directory-change-in-run",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "RUN changes the directory somewhere in its script",
    why: "What stands behind `cd` depends on it, and a reader has to follow the script to know where a command runs. Often right within one step; some teams allow `WORKDIR` only.",
    howToFix: "Give programs their directory (`make -C`, `tar -C`, `git -C`), or use `WORKDIR`.",
    bad: "FROM debian:12\nRUN make -C /a && cd /b && ls\n",
    good: "FROM debian:12\nRUN make -C /a\nWORKDIR /b\nRUN ls\n",
    since: "0.1.0",
    profile: "all",
    aliases: [
      "hadolint:DL3003",
      "trivy:DS013",
      "kics:f4a6bcd3-e231-4acf-993c-aa027be50d2e",
      "semgrep:use-workdir",
      "terrascan:AC_DOCKER_0018",
      "droast:DF008",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#workdir"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      // An exec form has no shell that could change its directory; a trigger runs in a build that is not this one.
      if (run.command.form === "exec" || run.isTrigger) continue;
      const script = scriptOf(dockerfile, run);
      // One finding a step, and none where cd-in-run has one.
      if (isLeadingCd(script.commands[0])) continue;
      const [command] = commandsNamed(script, ["cd"]);
      if (command !== undefined) report(command.span, "the directory changes within the step");
    }
  },
});

export default rule;
