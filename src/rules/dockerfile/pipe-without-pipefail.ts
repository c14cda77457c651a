import { instructionsOf, isWindows, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1040",
    name: "pipe-without-pipefail",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Failure on the left of a pipe goes unnoticed",
    why: "The status of a pipe is that of its last command: when `curl` fails, `tar` or `sh` may still succeed, and the build goes on with half of what it needs.",
    howToFix:
      'Set `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`, or begin with `set -o pipefail` in a shell that knows it, or download to a file first.',
    bad: "FROM debian:12\nRUN curl -fsSL https://example.com/a.tar | tar x\n",
    good: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/a.tar | tar x\n',
    since: "0.1.0",
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
      if (run.isTrigger) continue;
      const stage = stageOf(dockerfile, run);
      if (stage !== undefined && isWindows(dockerfile, stage)) continue;
      const { pipelines, shell } = scriptOf(dockerfile, run);
      if (!POSIX.has(shell)) continue;
      for (const { parts, isNegated } of pipelines) {
        if (parts.length < 2 || isNegated) continue;
        const left = parts.slice(0, -1).flat();
        const first = left[0];
        if (first === undefined || first.options.pipefail) continue;
        // In a test the status of the pipe is what is asked for; in $( ) the outer command has its own.
        if (first.context.isCondition || first.context.isSubstitution) continue;
        if (left.every(cannotFail)) continue;
        report(
          first.words[0]?.span ?? first.span,
          `status of "${first.name ?? "the command"}" is lost in a pipe`,
        );
        break; // one report a RUN: the remedy is the same for all of its pipes
      }
    }
  },
});

const POSIX: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash", "zsh", "ksh"]);

/** Commands that fail only when nobody reads. */
const HARMLESS: ReadonlySet<string> = new Set(["echo", "printf", "yes", "true", ":"]);

function cannotFail({ name }: SimpleCommand): boolean {
  return name !== undefined && HARMLESS.has(name);
}

export default rule;
