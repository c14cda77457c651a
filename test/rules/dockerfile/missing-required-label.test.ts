import rule from "../../../src/rules/dockerfile/missing-required-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL org.opencontainers.image.source=x
    `,
    `
    FROM a:1
    LABEL $K=x
    `,
    `
    FROM a:1 AS base
    LABEL org.opencontainers.image.source=x
    FROM base
    `,
    `
    FROM a:1 AS build
    FROM b:1
    COPY --from=build /a /
    LABEL org.opencontainers.image.source=x
    `,
  ],
  found: [
    `
    FROM a:1
    ~~~~ the label "org.opencontainers.image.source" is missing
    RUN x
    `,
    `
    # é
    from a:1 AS build
    FROM b:1
    ~~~~ the label "org.opencontainers.image.source" is missing
    RUN --mount=type=bind,from=build,target=/b x
    ONBUILD LABEL org.opencontainers.image.source=x
    `,
    `
    FROM a:1 AS tests
    ~~~~ the label "org.opencontainers.image.source" is missing
    FROM b:1
    LABEL org.opencontainers.image.source=x
    `,
  ],
  withOptions: [
    {
      options: { labels: ["a", "b"] },
      clean: [
        `
    FROM a:1
    LABEL a=1 b=2
    `,
      ],
      found: [
        `
    FROM a:1
    ~~~~ the label "a" is missing
    LABEL b=1
    `,
      ],
    },
    {
      options: { labels: [] },
      clean: [
        `
    FROM a:1
    RUN x
    `,
      ],
      found: [],
    },
  ],
});
