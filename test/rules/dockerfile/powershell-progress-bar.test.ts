import rule from "../../../src/rules/dockerfile/powershell-progress-bar.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]
    RUN Invoke-WebRequest https://example.com/a -OutFile a
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command"]
    RUN $ProgressPreference = 'SilentlyContinue'; Invoke-WebRequest https://example.com/a -OutFile a
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command"]
    RUN Write-Host 'Invoke-WebRequest'; # Invoke-WebRequest
    `,
    `
    FROM debian:12
    RUN Invoke-WebRequest x
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -File Invoke-WebRequest x
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -NoProfile -Command "$ProgressPreference='SilentlyContinue'; iwr https://example.com/a -OutFile a"
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command"]
    RUN Invoke-WebRequest https://example.com/a -OutFile a
        ~~~~~~~~~~~~~~~~~ "Invoke-WebRequest" draws its progress
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    shell ["PowerShell.exe", "-Command"]
    run Write-Host 'é'; \`
        # a comment
        iwr https://example.com/a -OutFile a; \`
        ~~~ "iwr" draws its progress
        $ProgressPreference = 'SilentlyContinue'
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -NoProfile -ExecutionPolicy Bypass -Command "Invoke-WebRequest https://example.com/a -OutFile a"
                                                                ~~~~~~~~~~~~~~~~~ "Invoke-WebRequest" draws its progress
    RUN ["pwsh", "-Command", "Invoke-WebRequest https://example.com/a"]
                             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "Invoke-WebRequest" draws its progress
    `,
  ],
  fixed: [
    {
      before: `
      FROM mcr.microsoft.com/windows/servercore:ltsc2022
      SHELL ["powershell", "-Command"]
      # download
      RUN New-Item x; \\
          (Invoke-WebRequest https://example.com/a)
      `,
      after: `
      FROM mcr.microsoft.com/windows/servercore:ltsc2022
      SHELL ["powershell", "-Command"]
      # download
      RUN $ProgressPreference = 'SilentlyContinue'; New-Item x; \\
          (Invoke-WebRequest https://example.com/a)
      `,
    },
  ],
});
