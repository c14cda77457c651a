import rule from "../../../src/rules/dockerfile/telemetry-left-on.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV DOTNET_CLI_TELEMETRY_OPTOUT=1
    RUN dotnet build
    `,
    `
    FROM a:1 AS base
    ENV NEXT_TELEMETRY_DISABLED 1
    FROM base
    RUN npx next build
    `,
    `
    FROM a:1
    RUN NEXT_TELEMETRY_DISABLED=1 next build && export DO_NOT_TRACK=1 && bun install
    `,
    `
    FROM a:1
    RUN npm install next && echo dotnet
    CMD ["dotnet", "app.dll"]
    `,
    `
    FROM a:1
    ARG DOTNET_CLI_TELEMETRY_OPTOUT
    RUN dotnet build
    `,
  ],
  found: [
    `
    FROM a:1
    RUN dotnet restore
        ~~~~~~ "dotnet" runs without "DOTNET_CLI_TELEMETRY_OPTOUT"
    RUN dotnet build
    `,
    `
    FROM a:1
    run npx next@15 build && \\
        ~~~ "next" runs without "NEXT_TELEMETRY_DISABLED"
      # é
      gatsby build
      ~~~~~~ "gatsby" runs without "GATSBY_TELEMETRY_DISABLED"
    FROM a:1
    ONBUILD RUN ["dotnet", "build"]
                 ~~~~~~~~ "dotnet" runs without "DOTNET_CLI_TELEMETRY_OPTOUT"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      # builds
      RUN dotnet build
      `,
      after: `
      FROM a:1
      ENV DOTNET_CLI_TELEMETRY_OPTOUT=1
      # builds
      RUN dotnet build
      `,
    },
  ],
});
