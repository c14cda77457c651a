import { effectiveShell, instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { powerShellScript, powerShellWords } from "../../audit/shell/powershell.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1159",
    name: "powershell-progress-bar",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "PowerShell downloads with a progress bar",
    why: "Windows PowerShell draws the bar for every block it reads: a download takes many times as long, and the build log fills with it.",
    howToFix:
      "Write `$ProgressPreference = 'SilentlyContinue';` before `Invoke-WebRequest`, best in `SHELL` for all.",
    bad: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL ["powershell", "-Command"]\nRUN Invoke-WebRequest https://example.com/app.zip -OutFile app.zip\n',
    good: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL ["powershell", "-Command", "$ProgressPreference = \'SilentlyContinue\';"]\nRUN Invoke-WebRequest https://example.com/app.zip -OutFile app.zip\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:powershell/progress-preference"],
    cwe: [],
    references: [
      "https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_preference_variables#progresspreference",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = powerShellScript(dockerfile, run);
      if (script === undefined) continue;
      const download = powerShellWords(script.text).find(({ text }) => DOWNLOAD.test(text));
      if (download === undefined) continue;
      const shell = effectiveShell(dockerfile, run)?.argv ?? [];
      const isSilent =
        SILENT.test(script.text.slice(0, download.start)) ||
        (script.by === "shell" && shell.some(({ text }) => SILENT.test(text)));
      if (isSilent) continue;
      const { start } = script;
      report(
        script.span(download.start, download.start + download.text.length),
        `"${download.text}" draws its progress`,
        script.by === "shell" && run.command.form === "shell"
          ? {
              fix: {
                title: "switch the bar off",
                safe: true,
                edits: [
                  {
                    span: { start, end: start },
                    text: "$ProgressPreference = 'SilentlyContinue'; ",
                  },
                ],
              },
            }
          : undefined,
      );
    }
  },
});

const DOWNLOAD = /^(?:Invoke-WebRequest|iwr)$/i;
const SILENT =
  /\$(?:global:)?ProgressPreference[ \t]{0,20}=[ \t]{0,20}\\?["']?(?:SilentlyContinue|Ignore|0)\b/i;

export default rule;
