import { leadingCdTarget } from "../../audit/dockerfile/helpers-cd.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { effectiveWorkdir, stageInstructions } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1025",
    name: "cd-in-run",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "RUN begins with cd where WORKDIR is meant",
    why: "`cd` holds for one `RUN` only: the next instruction starts in the old directory again, and with `;` behind it what follows runs in the wrong place when the directory is missing.",
    howToFix: "Write `WORKDIR /path` above the `RUN`. It makes the directory when it is missing.",
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
    for (const stage of dockerfile.stages)
      for (const run of stageInstructions(stage, "run")) {
        // An exec form has no shell that could change its directory.
        if (run.command.form === "exec") continue;
        const script = scriptOf(dockerfile, run);
        const [command] = script.commands;
        const target = leadingCdTarget(command);
        if (command === undefined || target === undefined) continue;
        const fix = asWorkdir(dockerfile, run, script, command, target);
        report(command.span, `build step begins with "cd ${target.text}"`, fix && { fix });
      }
  },
});

/** WORKDIR above the RUN and, behind it, WORKDIR back to where the file was. */
function asWorkdir(
  dockerfile: Dockerfile,
  run: RunInstruction,
  { commands, state }: Script,
  cd: SimpleCommand,
  target: ShellWord,
): Fix | undefined {
  const next = commands[1];
  const { path } = effectiveWorkdir(dockerfile, run);
  const isPlain = run.command.form === "shell" && run.flags.length === 0 && state === "parsed";
  if (!isPlain || next === undefined || path === undefined || target.isQuoted) return undefined;
  const between = dockerfile.text.slice(cd.span.end, next.span.start);
  const joiner = dockerfile.escape === "`" ? "`" : "\\\\";
  const onlyJoins = new RegExp(
    `^(?:[ \\t]|${joiner}\\r?\\n)*(?:&&|;)(?:[ \\t]|${joiner}\\r?\\n)*$`,
  );
  if (!onlyJoins.test(between) || run.heredocs.length > 0) return undefined;
  const end = run.span.start + dockerfile.text.slice(run.span.start, run.span.end).trimEnd().length;
  return {
    title: 'move to "WORKDIR"',
    safe: false,
    edits: [
      {
        span: { start: run.span.start, end: next.span.start },
        text: `WORKDIR ${target.text}\n${run.keywordText} `,
      },
      { span: { start: end, end }, text: `\nWORKDIR ${path}` },
    ],
  };
}

export default rule;
