import { instructionsOf, wordSpan } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1906",
    name: "powershell-started-by-cmd",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "RUN starts PowerShell by way of cmd",
    why: "cmd reads the line first: its quotes, `%` and `&` have to be escaped for it, and PowerShell's script beside them.",
    howToFix:
      'Write `SHELL ["powershell", "-Command"]` above the instructions that need it, and the script alone in `RUN`.',
    bad: "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN powershell -Command Get-Date\n",
    good: '# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL ["powershell", "-Command"]\nRUN Get-Date\n',
    since: "0.1.0",
    profile: "strict",
    aliases: ["kics:8a301064-c291-4b20-adcb-403fe7fd95fd", "semgrep:use-shell-instruction"],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#shell"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const { command, rest } = run;
      if (command.form !== "shell" || scriptOf(dockerfile, run).reason !== "cmd") continue;
      const [first = ""] = rest.raw.split(/\s/, 1);
      if (/^(?:.*[\\/])?(?:powershell|pwsh)(?:\.exe)?$/i.test(first))
        report(wordSpan(rest, 0, first.length), `"${first}" is started by cmd for this step`);
    }
  },
});

export default rule;
