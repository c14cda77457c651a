import rule from "../../../src/rules/dockerfile/empty-schema-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG D=
    LABEL org.opencontainers.image.source="$D"
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.source=x
    `,
    `
    FROM a:1
    LABEL a=""
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.source=$X
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL org.opencontainers.image.source=""
          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.source" is empty
    `,
    `
    FROM a:1
    label é=a \\
      # why
      org.opencontainers.image.url="" org.opencontainers.image.title=''
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.url" is empty
                                      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.title" is empty
    ONBUILD LABEL org.opencontainers.image.vendor=
                  ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.vendor" is empty
    `,
  ],
  withOptions: [
    {
      options: { labels: ["a"] },
      clean: [
        `
    FROM a:1
    LABEL org.opencontainers.image.source=""
    `,
      ],
      found: [
        `
    FROM a:1
    LABEL a=''
          ~~~~ "a" is empty
    `,
      ],
    },
  ],
});
