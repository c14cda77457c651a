import { shellOfBase } from "../../audit/dockerfile/helpers-shell-program.ts";
import type { Dockerfile, Instruction } from "../../audit/dockerfile/model.ts";
import {
  effectiveShell,
  instructionsOf,
  isWindows,
  stageOf,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { BashSyntax } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1246",
    name: "bash-syntax-in-sh",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Syntax of bash is given to `/bin/sh`",
    why: "The shell of Debian, Ubuntu and Alpine is not bash: a test with `[[` is an unknown command and counts as false, `&>` puts the command into the background and hides its failure, a substitution ends the build.",
    howToFix:
      'Write `SHELL ["/bin/bash", "-c"]` above, or what every shell knows: `[ … ]`, `. file`, `>file 2>&1`, `case`.',
    bad: "FROM debian:12\nRUN if [[ -f /a ]]; then rm /a; fi\n",
    good: "FROM debian:12\nRUN if [ -f /a ]; then rm /a; fi\n",
    since: "0.1.0",
    aliases: ["droast:DF066", "hadolint:SC2039", "hadolint:SC3xxx"],
    cwe: [],
    references: [
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html",
      "https://docs.docker.com/reference/dockerfile/#shell",
    ],
  },

  check(dockerfile, report) {
    /** One SHELL does for all that stand below it. */
    const fixed = new Set<number | undefined>();
    for (const node of instructionsOf(dockerfile, "run", "cmd", "entrypoint")) {
      const { shell, bashSyntax } = scriptOf(dockerfile, node);
      if (bashSyntax.length === 0 || !["sh", "dash", "ash"].includes(shell)) continue;
      const stage = stageOf(dockerfile, node);
      if (stage === undefined || isWindows(dockerfile, stage)) continue;
      const base = shell === "sh" ? shellOfBase(dockerfile, node) : shell;
      if (base === undefined || base === "bash") continue;
      const found = bashSyntax.find(({ what }) => base !== "ash" || !ASH_KNOWS.has(what));
      if (found === undefined) continue;
      const fix =
        base === "dash" && shell === "sh" && !fixed.has(node.stageIndex)
          ? withBash(dockerfile, node)
          : undefined;
      fixed.add(node.stageIndex);
      report(
        found.span,
        found.what === "source" || found.what === "builtin"
          ? `"${dockerfile.text.slice(found.span.start, found.span.end)}" is a command of bash, and "sh" reads it`
          : `"${found.what}" is syntax of bash, and "sh" reads it`,
        fix && { fix },
      );
    }
  },
});

// busybox, shell/ash.c, with the options that Alpine builds it with.
const ASH_KNOWS: ReadonlySet<BashSyntax> = new Set([
  "[[",
  "source",
  "${x//a/b}",
  "${x:0:1}",
  "$'…'",
  "&>",
  "function",
  "builtin",
]);

function withBash(dockerfile: Dockerfile, node: Instruction): Fix | undefined {
  if (node.isTrigger || effectiveShell(dockerfile, node) !== undefined) return undefined;
  const start = node.commentsAbove[0]?.span.start ?? node.span.start;
  return {
    title: 'run with "/bin/bash"',
    safe: false,
    edits: [{ span: { start, end: start }, text: 'SHELL ["/bin/bash", "-c"]\n' }],
  };
}

export default rule;
