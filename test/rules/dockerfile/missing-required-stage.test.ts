import rule from "../../../src/rules/dockerfile/missing-required-stage.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    FROM b:1
    `,
  ],
  found: [
    `
    FROM a:1
    ~~~~ there are 1 of at least 2 stages
    RUN x
    `,
    `
    # é
    from a:1 AS b
    ~~~~ there are 1 of at least 2 stages
    `,
  ],
  withOptions: [
    {
      options: { stages: ["Test"], minimum: 0 },
      clean: [
        `
    FROM a:1 AS TEST
    `,
      ],
      found: [
        `
    FROM a:1 AS build
    FROM b:1
    ~~~~ there is no stage "Test"
    `,
      ],
    },
  ],
});
