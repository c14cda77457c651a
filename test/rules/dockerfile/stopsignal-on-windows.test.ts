import rule from "../../../src/rules/dockerfile/stopsignal-on-windows.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    STOPSIGNAL SIGTERM
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    FROM --platform=linux/amd64 debian:12
    STOPSIGNAL SIGTERM
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    STOPSIGNAL SIGTERM
    ~~~~~~~~~~ Windows knows no signal "SIGTERM"
    `,
    `
    # escape=\`
    FROM base
    stopsignal \`
    ~~~~~~~~~~ Windows knows no signal "15"
      # é
      15
    ONBUILD STOPSIGNAL SIGINT
            ~~~~~~~~~~ Windows knows no signal "SIGINT"
    `,
    `
    FROM --platform=windows/amd64 base AS a
    FROM a
    STOPSIGNAL SIGTERM
    ~~~~~~~~~~ Windows knows no signal "SIGTERM"
    `,
  ],
  fixed: [
    {
      before: `
      FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
      # stop
      STOPSIGNAL SIGTERM
      CMD x
      `,
      after: `
      FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
      # stop
      CMD x
      `,
    },
  ],
});
