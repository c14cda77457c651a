import rule from "../../../src/rules/dockerfile/powershell-started-by-cmd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command"]
    RUN powershell -Version 2 x
    `,
    `
    FROM a:1
    RUN pwsh -Command x
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN ["powershell", "-Command", "x"]
    CMD powershell x
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -Command a
        ~~~~~~~~~~ "powershell" is started by cmd for this step
    RUN C:\\x\\PowerShell.exe b
        ~~~~~~~~~~~~~~~~~~~ "C:\\x\\PowerShell.exe" is started by cmd for this step
    `,
  ],
});
