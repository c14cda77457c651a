import { isAshBase, lostStatus } from "../../audit/dockerfile/helpers-pipefail.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { effectiveShell, stageInstructions } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1040",
    name: "pipe-without-pipefail",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "RUN pipes without pipefail",
    why: "The shell asks only whether the last program of a pipe worked. When the download in `curl … | tar x` or `wget … | sh` breaks off, the build goes on with half of the files, and the broken layer is kept in the cache.",
    howToFix:
      'Write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` above the `RUN` (`/bin/ash` on Alpine), or begin with `set -o pipefail` in a shell that knows it. dash, the `/bin/sh` of Debian, does not.',
    bad: "FROM debian:12\nRUN curl -fsSL https://example.com/app.tar | tar x\n",
    good: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/app.tar | tar x\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL4006",
      "kics:efbf148a-67e9-42d2-ac47-02fa1c0d0b22",
      "semgrep:set-pipefail",
      "droast:DF057",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#using-pipes",
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_02",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      // One SHELL does for all that stand below it.
      let isFixed = false;
      for (const run of stageInstructions(stage, "run")) {
        if (run.command.form === "exec") continue;
        const found = lostStatus(dockerfile, run, scriptOf(dockerfile, run));
        if (found === undefined) continue;
        const fix = isFixed ? undefined : withShell(dockerfile, run);
        isFixed = true;
        const [word] = found.words;
        report(
          word?.span ?? found.span,
          `status of "${found.name ?? "the command"}" is lost in a pipe`,
          fix && { fix },
        );
      }
    }
  },
});

/** SHELL above the RUN and the comments that belong to it. */
function withShell(dockerfile: Dockerfile, run: RunInstruction): Fix | undefined {
  if (run.command.form === "heredoc" && run.command.interpreter !== undefined) return undefined;
  const shell = effectiveShell(dockerfile, run);
  const isAsh = isAshBase(dockerfile, run);
  if (isAsh === undefined || (shell !== undefined && shell.argv.length !== 2)) return undefined;
  const program = isAsh ? "/bin/ash" : "/bin/bash";
  const start = run.commentsAbove[0]?.span.start ?? run.span.start;
  return {
    title: `give "${program}" the option pipefail`,
    safe: false,
    edits: [
      { span: { start, end: start }, text: `SHELL ["${program}", "-o", "pipefail", "-c"]\n` },
    ],
  };
}

export default rule;
