import rule from "../../../src/rules/dockerfile/powershell-without-error-action.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN dir
    RUN powershell -Command "$ErrorActionPreference = 'Stop'; a; b"
    RUN powershell -File x.ps1
    SHELL ["pwsh", "-Command", "$ErrorActionPreference='Stop'; $ProgressPreference='x';"]
    RUN a
    `,
    `
    FROM mcr.microsoft.com/powershell:7.4
    SHELL ["pwsh", "-c"]
    RUN $ErrorActionPreference = "Stop"; a
    RUN ["cmd", "/c", "x"]
    `,
    `
    FROM a:1
    RUN echo powershell
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command"]
    ----- related: the shell
    ----- related: the shell
    RUN a; b
    ~~~ PowerShell runs without "$ErrorActionPreference = 'Stop'"
    RUN c
    ~~~ PowerShell runs without "$ErrorActionPreference = 'Stop'"
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS x
    # é
    run powershell -NoProfile -Command \\
    ~~~ PowerShell runs without "$ErrorActionPreference = 'Stop'"
      a
    ONBUILD RUN ["pwsh.exe", "-Command", "a"]
            ~~~ PowerShell runs without "$ErrorActionPreference = 'Stop'"
    `,
  ],
  fixed: [
    {
      before: `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-NoLogo", "-Command"]
    RUN a; b
    `,
      after: `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-NoLogo", "-Command", "$ErrorActionPreference = 'Stop';"]
    RUN a; b
    `,
    },
  ],
});
