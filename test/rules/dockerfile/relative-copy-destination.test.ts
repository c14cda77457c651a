import rule from "../../../src/rules/dockerfile/relative-copy-destination.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY a /b
    COPY a "/b"
    COPY a $X/b
    COPY a C:\\b
    ADD ["a", "/b"]
    `,
    `
    FROM a:1 AS base
    WORKDIR /x
    FROM base
    COPY a .
    `,
    `
    FROM a:1
    ONBUILD WORKDIR /x
    ONBUILD COPY a .
    `,
    `
    FROM a:1
    ONBUILD COPY b .
    WORKDIR x
    ONBUILD COPY a .
    COPY a ./
    `,
    `
    FROM a:1
    ARG D=/x
    COPY a \${D}
    COPY x
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    COPY a c:\\x\\
    COPY a \\x\\
    `,
  ],
  found: [
    `
    FROM a:1
    COPY a b
           ~ "b" counts from the working directory of the base image
    ADD x y ./
            ~~ "./" counts from the working directory of the base image
    `,
    `
    FROM a:1
    WORKDIR /x
    FROM b:1
    # é
    copy --chown=1 a \\
      x
      ~ "x" counts from the working directory of the base image
    `,
    `
    FROM scratch
    ARG D=x
    COPY a \${D}/
           ~~~~~ "x/" counts from the working directory of the base image
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    # the app
    COPY a b
    COPY c d
    `,
      after: `
    FROM a:1
    WORKDIR /
    # the app
    COPY a b
    COPY c d
    `,
    },
  ],
});
