import rule from "../../../src/rules/dockerfile/duplicate-stage-name.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS b
    FROM c:1 AS d
    `,
  ],
  found: [
    `
    FROM a:1 AS b
                - related: first stage of this name
    FROM c:1 AS B
                ~ stage name "B" is taken already
    `,
    `
    FROM a:1 AS b
                - related: first stage of this name
                - related: first stage of this name
    FROM c:1 as b
                ~ stage name "b" is taken already
    FROM d:1 AS b
                ~ stage name "b" is taken already
    `,
  ],
});
