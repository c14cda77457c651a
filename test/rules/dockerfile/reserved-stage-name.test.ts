import rule from "../../../src/rules/dockerfile/reserved-stage-name.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM scratch
    FROM scratch AS a
    `,
    `
    FROM a:1 AS contexts
    `,
  ],
  found: [
    `
    FROM scratch AS scratch
                    ~~~~~~~ stage name "scratch" is reserved
    FROM scratch AS context
                    ~~~~~~~ stage name "context" is reserved
    `,
    `
    # é
    from a:1 \\
      as Scratch
         ~~~~~~~ stage name "Scratch" is reserved
    `,
  ],
});
