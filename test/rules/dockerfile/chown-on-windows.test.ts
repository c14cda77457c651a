import rule from "../../../src/rules/dockerfile/chown-on-windows.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    COPY --chown=1:1 a /b
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    COPY a --chown=1 C:/b
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    COPY --chown=ContainerUser a C:/b
         ~~~~~~~~~~~~~~~~~~~~~ "--chown" does nothing on Windows
    ADD --chmod=1 --chown=x b C:/c
                  ~~~~~~~~~ "--chown" does nothing on Windows
    `,
    `
    # escape=\`
    FROM base
    copy --from=x \`
      --chown=é \`
      ~~~~~~~~~ "--chown" does nothing on Windows
      a C:\\b
    ONBUILD COPY --chown=1 a C:\\c
                 ~~~~~~~~~ "--chown" does nothing on Windows
    `,
  ],
  fixed: [
    {
      before: `
      FROM --platform=windows base
      COPY --chown=x --link a C:/b
      `,
      after: `
      FROM --platform=windows base
      COPY --link a C:/b
      `,
    },
  ],
});
