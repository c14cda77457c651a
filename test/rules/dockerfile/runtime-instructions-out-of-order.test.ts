import rule from "../../../src/rules/dockerfile/runtime-instructions-out-of-order.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    STOPSIGNAL SIGTERM
    HEALTHCHECK NONE
    ENTRYPOINT ["a"]
    CMD ["b"]
    `,
    `
    FROM debian:12
    CMD ["a"]
    RUN b
    FROM debian:12
    RUN b
    CMD ["a"]
    `,
    `
    FROM debian:12
    RUN a
    `,
    `
    FROM debian:12
    ONBUILD CMD ["a"]
    RUN b
    `,
  ],
  found: [
    `
    FROM debian:12
    CMD ["a"]
    ~~~ "CMD" stands before "RUN"
    RUN b
    `,
    `
    FROM debian:12
    cmd ["b"]
    ~~~ "cmd" stands before "entrypoint"
    entrypoint ["é"]
    stopsignal SIGTERM
    `,
    `
    FROM debian:12
    HEALTHCHECK CMD curl \\
    ~~~~~~~~~~~ "HEALTHCHECK" stands before "EXPOSE"
      # é
      localhost
    EXPOSE 80
    CMD ["a"]
    `,
    `
    FROM debian:12
    CMD a
    ~~~ "CMD" stands before "SHELL"
    SHELL ["/bin/bash", "-c"]
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      # starts
      CMD ["a"]
      RUN b \\
        && c

      # health
      HEALTHCHECK NONE
      USER x
      `,
      after: `
      FROM debian:12
      RUN b \\
        && c

      USER x
      # health
      HEALTHCHECK NONE
      # starts
      CMD ["a"]
      `,
    },
    {
      before: 'FROM debian:12\nCMD ["b"]\nENTRYPOINT ["a"]',
      after: 'FROM debian:12\nENTRYPOINT ["a"]\nCMD ["b"]\n',
    },
  ],
});
