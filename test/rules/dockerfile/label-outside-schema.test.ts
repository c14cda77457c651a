import rule from "../../../src/rules/dockerfile/label-outside-schema.ts";
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
    FROM a:1
    RUN echo LABEL a=b
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL a=b c=d
          ~ "a" is not in the schema
    `,
    `
    FROM a:1
    label org.opencontainers.image.url=https://x \\
      # é
      "b c"=d
      ~~~~~ "b c" is not in the schema
    ONBUILD LABEL old form
                  ~~~ "old" is not in the schema
    `,
  ],
  withOptions: [
    {
      options: { labels: ["a"] },
      clean: [
        `
    FROM a:1
    LABEL a=b
    `,
      ],
      found: [
        `
    FROM a:1
    LABEL a=b org.opencontainers.image.url=c
              ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.url" is not in the schema
    `,
      ],
    },
    {
      options: { labels: [] },
      clean: [
        `
    FROM a:1
    LABEL b=c
    `,
      ],
      found: [],
    },
  ],
});
