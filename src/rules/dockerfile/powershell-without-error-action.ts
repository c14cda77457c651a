import type { Dockerfile, RunInstruction, ShellInstruction } from "../../audit/dockerfile/model.ts";
import { effectiveShell, instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1266",
    name: "powershell-without-error-action",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "PowerShell goes on behind errors",
    why: "By default a cmdlet that fails writes an error, and the script goes on to a status of 0: the image is built without what should have been downloaded or checked.",
    howToFix:
      'Write `SHELL ["powershell", "-Command", "$ErrorActionPreference = \'Stop\'; $ProgressPreference = \'SilentlyContinue\';"]`.',
    bad: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL ["powershell", "-Command"]\nRUN Invoke-WebRequest https://example.com/a.zip -OutFile a.zip; Expand-Archive a.zip\n',
    good: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL ["powershell", "-Command", "$ErrorActionPreference = \'Stop\';"]\nRUN Invoke-WebRequest https://example.com/a.zip -OutFile a.zip; Expand-Archive a.zip\n',
    since: "0.1.0",
    aliases: ["tally:powershell/error-action-preference"],
    cwe: [],
    references: [
      "https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_preference_variables#erroractionpreference",
      "https://docs.docker.com/reference/dockerfile/#shell",
    ],
  },

  check(dockerfile, report) {
    const fixed = new Set<ShellInstruction>();
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = powershellOf(dockerfile, run);
      if (script === undefined || SETTING.test(script)) continue;
      const shell = run.command.form === "exec" ? undefined : effectiveShell(dockerfile, run);
      const fix = shell === undefined || fixed.has(shell) ? undefined : inShell(shell);
      if (shell !== undefined) fixed.add(shell);
      report(run.keywordSpan, "PowerShell runs without \"$ErrorActionPreference = 'Stop'\"", {
        ...(shell !== undefined && {
          related: [{ span: shell.keywordSpan, message: "the shell" }],
        }),
        ...(fix && { fix }),
      });
    }
  },
});

const SETTING = /\$ErrorActionPreference\s*=\s*['"`\\]*Stop\b|-ErrorAction\s+['"]?Stop\b/i;
const PROGRAM = /(?:^|[\\/])(?:powershell|pwsh)(?:\.exe)?$/i;

/** All that PowerShell is given, the arguments of SHELL too; `undefined` when something else runs the command. */
function powershellOf(dockerfile: Dockerfile, run: RunInstruction): string | undefined {
  const { command } = run;
  if (command.form === "exec") {
    const [program, ...rest] = command.argv;
    const isCommand = rest.some(({ text }) => /^-c(?:ommand)?$/i.test(text));
    return program !== undefined && PROGRAM.test(program.text) && isCommand
      ? rest.map(({ text }) => text).join(" ")
      : undefined;
  }
  const shell = effectiveShell(dockerfile, run);
  const first = shell?.argv[0]?.text;
  if (shell !== undefined && first !== undefined && PROGRAM.test(first)) {
    if (command.form === "heredoc" && command.interpreter !== undefined) return undefined;
    return `${shell.argv.map(({ text }) => text).join(" ")} ${command.script.text}`;
  }
  // `RUN powershell -Command …` for cmd; files have settings of their own.
  const isCalled =
    /^\s*(?:@?\S{0,200}[\\/])?(?:powershell|pwsh)(?:\.exe)?\s(?![^"']{0,200}-f(?:ile)?\s)/i.test(
      command.script.text.slice(0, 1000),
    );
  return isCalled ? command.script.text : undefined;
}

/** The setting as the last argument of SHELL, or in front of what stands there. */
function inShell({ argv }: ShellInstruction): Fix | undefined {
  const last = argv.at(-1);
  if (last === undefined || argv.length < 2) return undefined;
  const isFlag = /^-c(?:ommand)?$/i.test(last.text);
  return isFlag
    ? {
        title: "stop at errors",
        safe: false,
        edits: [
          {
            span: { start: last.span.end, end: last.span.end },
            text: `, "$ErrorActionPreference = 'Stop';"`,
          },
        ],
      }
    : undefined;
}

export default rule;
