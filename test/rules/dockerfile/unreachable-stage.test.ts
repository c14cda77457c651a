import rule from "../../../src/rules/dockerfile/unreachable-stage.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    `,
    `
    FROM debian:12 AS a
    FROM a
    `,
    `
    FROM debian:12 AS a
    FROM debian:12
    COPY --from=A /x /x
    `,
    `
    FROM debian:12
    FROM debian:12
    COPY --from=0 /x /x
    `,
    `
    FROM debian:12 AS a
    FROM debian:12
    RUN --mount=from=a,target=/x true
    `,
    `
    FROM debian:12 AS a
    FROM a AS b
    FROM debian:12
    ONBUILD COPY --from=b /x /x
    `,
    `
    FROM debian:12 AS a
    ARG STAGE
    FROM debian:12
    COPY --from=$STAGE /x /x
    `,
    `
    FROM debian:12 AS a
    FROM $LAST
    `,
    `
    FROM debian:12
    COPY --from=later /x /x
    FROM debian:12 AS later
    FROM later
    COPY --from=0 /x /x
    `,
  ],
  found: [
    `
    FROM debian:12 AS test
                      ~~~~ nothing in the final stage comes from stage "test"
    FROM debian:12
    `,
    `
    FROM debian:12
         ~~~~~~~~~ nothing in the final stage comes from stage 0
    FROM debian:12 AS Lint
    RUN make lint
    FROM lint
    `,
    `
    FROM debian:12 AS a
                      ~ nothing in the final stage comes from stage "a"
    FROM a AS b
              ~ nothing in the final stage comes from stage "b"
    FROM debian:12
    `,
  ],
  withOptions: [
    {
      options: { targets: ["Test"] },
      clean: [
        `
    FROM debian:12 AS base
    FROM base AS test
    FROM debian:12
    `,
      ],
      found: [
        `
    FROM debian:12 AS base
    FROM base AS test
    FROM debian:12 AS other
                      ~~~~~ nothing in the final stage comes from stage "other"
    FROM debian:12
    `,
      ],
    },
  ],
});
