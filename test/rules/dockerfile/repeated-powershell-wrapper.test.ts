import rule from "../../../src/rules/dockerfile/repeated-powershell-wrapper.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -Command a
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command"]
    RUN a
    RUN b
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -File a.ps1
    RUN powershell -File b.ps1
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS a
    RUN powershell -Command a
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -Command b
    `,
    `
    FROM debian:12
    RUN echo powershell -Command a
    RUN apt-get install powershell
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -Command Install-WindowsFeature Web-Server
        ~~~~~~~~~~ 2 RUN instructions call PowerShell
    RUN powershell -Command "Remove-Item C:/é"
        ---------- related: here too
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    run ["powershell.exe", "-NoProfile", "-Command", "a"]
         ~~~~~~~~~~~~~~~~ 2 RUN instructions call PowerShell
    RUN cmd /c x
    RUN pwsh \`
        ---- related: here too
        # a comment
        -c b
    `,
  ],
});
