import rule from "../../../src/rules/dockerfile/unsorted-labels.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    LABEL a=1 b=2 c=3
    `,
    `
    FROM debian:12
    LABEL org.opencontainers.image.title=x a=1
    `,
    `
    FROM debian:12
    LABEL b=2 \\
      # about a
      a=1
    `,
    `
    FROM debian:12
    LABEL b=1
    LABEL a=1
    `,
    `
    FROM debian:12
    LABEL b a
    `,
    `
    FROM debian:12
    ENV b=1 a=2
    `,
  ],
  found: [
    `
    FROM debian:12
    LABEL b=1 a=2
              ~ label "a" is not in order
    `,
    `
    FROM debian:12
    label a="é" \\
      "org.opencontainers.image.title"=x
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ label "org.opencontainers.image.title" is not in order
    ONBUILD LABEL B=1 A=2
                      ~ label "A" is not in order
    `,
    `
    FROM debian:12
    LABEL b=1 a=2 b=3
              ~ label "a" is not in order
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      LABEL c="x y" \\
            b=$X   \\
            org.opencontainers.image.url=u a=1
      `,
      after: `
      FROM debian:12
      LABEL org.opencontainers.image.url=u \\
            a=1   \\
            b=$X c="x y"
      `,
    },
  ],
});
