import rule from "../../../src/rules/dockerfile/env-reference-in-same-instruction.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV A=1
    ENV B=$A
    `,
    `
    FROM a:1
    ENV PATH=/x:$PATH
    `,
    `
    FROM a:1
    ENV A=1 B=\\$A
    `,
    `
    FROM a:1
    ENV A=1 B=$AB
    `,
    `
    FROM a:1
    ENV A=0
    ENV A=1 B=$A
    `,
    `
    FROM a:1
    ARG A
    ENV A=1 B=$A
    `,
  ],
  found: [
    `
    FROM a:1
    ENV A=/a B=$A/b
        - related: set here, for later instructions
               ~~ "A" is set by the same instruction, and not before it
    `,
    `
    FROM a:1
    env A=1 \\
        - related: set here, for later instructions
      B="x \${A:-y}" \\
      - related: set here, for later instructions
           ~~~~~~~ "A" is set by the same instruction, and not before it
      C=$B
        ~~ "B" is set by the same instruction, and not before it
    `,
  ],
});
