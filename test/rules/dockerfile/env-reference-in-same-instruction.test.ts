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
    `
    FROM a:1 AS b
    ENV A=1
    FROM b
    ENV A=2 B=$A
    `,
    `
    FROM a:1
    ENV A /x:$A
    ENV B='$A' A=1
    `,
    `
    FROM a:1
    LABEL A=1 B=$A
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
    `
    FROM a:1
    ENV A=1 A=$A:2
        - related: set here, for later instructions
              ~~ "A" is set by the same instruction, and not before it
    `,
    `
    ARG A=1
    FROM a:1
    ENV B=\${A}é C=$A A=2
          ~~~~ "A" is set by the same instruction, and not before it
                  ~~ "A" is set by the same instruction, and not before it
                     - related: set here, for later instructions
                     - related: set here, for later instructions
    `,
    `
    FROM a:1
    onbuild env A=1 B="$A"
                - related: set here, for later instructions
                       ~~ "A" is set by the same instruction, and not before it
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    ENV A=1 \\
        B=$A/b C=c
    `,
      after: `
    FROM a:1
    ENV A=1
    ENV B=$A/b C=c
    `,
    },
  ],
});
