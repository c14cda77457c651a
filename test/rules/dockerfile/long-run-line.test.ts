import rule from "../../../src/rules/dockerfile/long-run-line.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN short && line
    `,
    `
    FROM debian:12
    RUN echo "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa && b"
    `,
    `
    FROM debian:12
    RUN a && \\
      bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl git gnupg && rm -rf /var/lib/apt/lists/*
                                                                                                                            ~~~~~~ line has 126 characters, more than 120
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      RUN a "x && y" && bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb || c
      `,
      after: `
      FROM debian:12
      RUN a "x && y" \\
          && bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb \\
          || c
      `,
    },
  ],
  withOptions: [
    {
      options: { max: 20 },
      clean: [
        `
    FROM debian:12
    RUN a && b && c && d
    `,
        `
    FROM debian:12
    RUN wget https://example.com/very/long && \\
      b
    `,
      ],
      found: [
        `
    FROM debian:12
    RUN a; bbbbbbbbbbbbbbb; c
                        ~~~~~ line has 25 characters, more than 20
    RUN <<EOF
    a | bbbbbbbbbbbbbbbbbbbb
                        ~~~~ line has 24 characters, more than 20
    EOF
    `,
        `
    FROM debian:12
    run --mount=type=cache,target=/é a && b && \\
                        ~~~~~~~~~~~~~~~~~~~~~~~~ line has 44 characters, more than 20
      # why && how
      cccccccccccccc && d
                        ~ line has 21 characters, more than 20
    ONBUILD RUN a && bbbbbbbbbbb
                        ~~~~~~~~ line has 28 characters, more than 20
    `,
      ],
    },
  ],
});
