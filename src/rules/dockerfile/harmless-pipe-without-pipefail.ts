import { lostStatus, pipedWithoutPipefail } from "../../audit/dockerfile/helpers-pipefail.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1909",
    name: "harmless-pipe-without-pipefail",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "RUN pipes without pipefail, though what stands left can hardly fail",
    why: "A policy that wants pipefail wherever there is a pipe holds for the next author too, who puts a download in the place of `echo`.",
    howToFix: 'Write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` once, above the first `RUN`.',
    bad: "FROM debian:12\nRUN echo a | tee /b\n",
    good: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN echo a | tee /b\n',
    since: "0.1.0",
    profile: "all",
    aliases: [
      "hadolint:DL4006",
      "kics:efbf148a-67e9-42d2-ac47-02fa1c0d0b22",
      "semgrep:set-pipefail",
      "droast:DF057",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/build/building/best-practices/#using-pipes"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.command.form === "exec" || run.isTrigger) continue;
      const script = scriptOf(dockerfile, run);
      // Where something can fail, pipe-without-pipefail says so.
      if (lostStatus(dockerfile, run, script) !== undefined) continue;
      const first = pipedWithoutPipefail(dockerfile, run, script);
      if (first !== undefined)
        report(first.words[0]?.span ?? first.span, "the shell is not told of pipefail");
    }
  },
});

export default rule;
