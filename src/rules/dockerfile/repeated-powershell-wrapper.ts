import type { RunInstruction } from "../../audit/dockerfile/model.ts";
import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { powerShellScript } from "../../audit/shell/powershell.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1160",
    name: "repeated-powershell-wrapper",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "Several RUNs call PowerShell where SHELL could name it once",
    why: "Each command is quoted twice, for the outer shell and for PowerShell: an error in it changes what runs. Options such as `$ErrorActionPreference` are forgotten in one of them, and its errors with that.",
    howToFix:
      'Write `SHELL ["powershell", "-Command", "$ErrorActionPreference = \'Stop\';"]` above the first, and the commands without the wrapper.',
    bad: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN powershell -Command Install-WindowsFeature Web-Server\nRUN powershell -Command Remove-Item C:/temp\n",
    good: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL ["powershell", "-Command"]\nRUN Install-WindowsFeature Web-Server\nRUN Remove-Item C:/temp\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:powershell/prefer-shell-instruction"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#shell"],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const wrapped = stageInstructions(stage, "run").filter(
        (run) => powerShellScript(dockerfile, run)?.by === "wrapper",
      );
      const [first, ...more] = wrapped;
      if (first === undefined || more.length === 0) continue;
      report(programOf(first), `${wrapped.length} RUN instructions call PowerShell`, {
        related: more.map((run) => ({ span: programOf(run), message: "here too" })),
      });
    }
  },
});

/** The word that names PowerShell. */
function programOf({ command, rest }: RunInstruction): Span {
  const [program] = command.form === "exec" ? command.argv : [];
  if (program !== undefined) return program.span;
  const length = /^\S+/.exec(rest.raw)?.[0].length ?? 0;
  const { start } = rest.span;
  return { start, end: start + length };
}

export default rule;
