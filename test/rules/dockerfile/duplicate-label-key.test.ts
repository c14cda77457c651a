import rule from "../../../src/rules/dockerfile/duplicate-label-key.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS x
    LABEL a=1 b=2
    FROM x
    LABEL a=2
    `,
    `
    FROM a:1
    LABEL a=1
    ONBUILD LABEL a=2
    `,
    `
    FROM a:1
    LABEL $K=1
    LABEL $K=2
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL a=1 b=2
          ~~~ "a" is set again below, so this has no effect
    LABEL "a"=3
          --- related: set again here
    `,
    `
    FROM a:1
    # é
    label a=1 \\
          ~~~ "a" is set again below, so this has no effect
      'a'=2
      ~~~~~ "a" is set again below, so this has no effect
      --- related: set again here
    LABEL a 3
          - related: set again here
    ONBUILD LABEL x=1
                  ~~~ "x" is set again below, so this has no effect
    ONBUILD LABEL x=2
                  - related: set again here
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    LABEL a=1
    RUN x
    LABEL a=2
    `,
      after: `
    FROM a:1
    RUN x
    LABEL a=2
    `,
    },
  ],
});
