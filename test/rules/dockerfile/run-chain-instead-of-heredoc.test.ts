import rule from "../../../src/rules/dockerfile/run-chain-instead-of-heredoc.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN a && b && c
    `,
    `
    FROM debian:12
    RUN a; b; c; d
    `,
    `
    FROM debian:12
    RUN <<EOF
    a && b && c && d
    EOF
    `,
    `
    FROM debian:12
    RUN ["sh", "-c", "a && b && c && d"]
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN a && b && c && d
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN a && b && c && d
    ~~~ 4 commands are chained
    `,
    `
    FROM debian:12
    run --mount=type=cache,target=/c a && \\
      # why
      b && c && d "é"
    ONBUILD RUN a && b && c && d
            ~~~ 4 commands are chained
    `,
    `
    FROM debian:12
    RUN a && b | c && d && e || f
    ~~~ 4 commands are chained
    `,
  ],
  fixed: [
    {
      before: "FROM debian:12\nRUN a && b && c && d  \nCMD x\n",
      after: "FROM debian:12\nRUN <<EOF\nset -e\na\nb\nc\nd\nEOF\nCMD x\n",
    },
    {
      before: `
      FROM debian:12
      RUN --network=none a \\
        && b "x && y" \\
        && c \\
           --more && sudo d
      CMD x
      `,
      after: `
      FROM debian:12
      RUN --network=none <<EOF
      set -e
      a
      b "x && y"
      c \\
           --more
      sudo d
      EOF
      CMD x
      `,
    },
  ],
  withOptions: [
    {
      options: { minimum: 1 },
      found: [
        `
    FROM debian:12
    RUN a && b
    ~~~ 2 commands are chained
    `,
      ],
    },
  ],
});
