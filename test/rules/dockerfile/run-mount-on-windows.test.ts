import rule from "../../../src/rules/dockerfile/run-mount-on-windows.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=cache,target=/x y
    `,
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    RUN x
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022 AS base
    FROM base
    # é
    run --mount=type=secret,id=x \\
        ~~~~~~~~~~~~~~~~~~~~~~~~ mount of type "secret" in a Windows stage
      --mount=type=cache,target=c:\\y z
    `,
    `
    FROM --platform=windows/amd64 a:1
    ONBUILD RUN --mount=target=c:\\x y
                ~~~~~~~~~~~~~~~~~~~ mount of type "bind" in a Windows stage
    `,
  ],
});
