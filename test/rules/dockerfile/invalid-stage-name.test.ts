import rule from "../../../src/rules/dockerfile/invalid-stage-name.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS Build-1_x.y
    `,
    `
    FROM a:1 AS x{{y}}
    `,
    `
    FROM a:1
    `,
  ],
  found: [
    `
    FROM a:1 AS 1st
                ~~~ stage name "1st" begins with a digit
    FROM a:1 AS a/b
                ~~~ stage name "a/b" has characters that a name cannot have
    `,
    `
    # é
    from a:1 \\
      as \${NAME}
         ~~~~~~~ stage name "\${NAME}" has characters that a name cannot have
    `,
  ],
});
