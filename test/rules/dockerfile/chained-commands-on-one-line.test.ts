import rule from "../../../src/rules/dockerfile/chained-commands-on-one-line.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN a && b && c
    `,
    `
    FROM debian:12
    RUN <<EOF
    a && b && c && ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd
    EOF
    `,
    `
    FROM debian:12
    ENV a bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccccccccccccccccccc
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates gnupg git
                          ~~~~~~~ 2 commands share a line of 95 characters
    `,
    `
    FROM debian:12
    RUN apt-get update && apt-get install -y --no-install-recommends curl git || rm -rf /var/lib/apt/lists/*
                          ~~~~~~~ 3 commands share a line of 104 characters
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      # why
      RUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt apt-get update
      LABEL org.opencontainers.image.title="application" org.opencontainers.image.vendor="example company" a=1
      `,
      after: `
      FROM debian:12
      # why
      RUN --mount=type=cache,target=/var/cache/apt \\
          --mount=type=cache,target=/var/lib/apt apt-get update
      LABEL org.opencontainers.image.title="application" \\
          org.opencontainers.image.vendor="example company" \\
          a=1
      `,
    },
  ],
  withOptions: [
    {
      options: { width: 30 },
      clean: [
        `
    FROM debian:12
    RUN x && (a && b && c && ddddddddddddd)
    `,
        `
    FROM debian:12
    RUN echo "a && b && c && ddddddddddddd"
    `,
      ],
      found: [
        `
    FROM debian:12
    run a && b || c && ddddddddddddddddd && \\
             ~ 4 commands share a line of 41 characters
      # and é
      e
    ENV A=1 B="é é" C=333333333333333333333
            ~~~~~~~ 3 pairs share a line of 39 characters
    ONBUILD RUN a && bbbbbbbbbbbbb && cccccccccc
                     ~~~~~~~~~~~~~ 3 commands share a line of 44 characters
    `,
      ],
    },
  ],
});
