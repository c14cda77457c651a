import rule from "../../../src/rules/dockerfile/ungrouped-labels.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    LABEL a=1 b=2
    `,
    `
    FROM debian:12
    LABEL a=1
    # about b
    LABEL b=2
    `,
    `
    FROM debian:12
    LABEL a=1
    RUN x
    LABEL b=2
    FROM debian:12
    LABEL c=3
    ONBUILD LABEL d=4
    `,
  ],
  found: [
    `
    FROM debian:12
    LABEL a=1
    ~~~~~ 2 LABEL instructions stand together
    LABEL b=2
    `,
    `
    FROM debian:12
    label a=1
    ~~~~~ 3 LABEL instructions stand together

    label b="é" \\
      # c
      c=3
    LABEL d=4
    RUN x
    LABEL e 5
    ~~~~~ 2 LABEL instructions stand together
    LABEL f=6
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      LABEL a="x y"
      LABEL b=2   c=3

      LABEL d=$E
      RUN x
      `,
      after: `
      FROM debian:12
      LABEL a="x y" \\
            b=2   c=3 \\
            d=$E
      RUN x
      `,
    },
    {
      before: `
      # escape=\`
      FROM debian:12
      LABEL a=1
      LABEL b=2
      `,
      after: `
      # escape=\`
      FROM debian:12
      LABEL a=1 \`
            b=2
      `,
    },
  ],
});
