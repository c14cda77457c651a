import rule from "../../../src/rules/dockerfile/instruction-before-from.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN x
    `,
    `
    # syntax=docker/dockerfile:1
    ARG A=1
    FROM a:$A
    `,
    `
    # comment

    FROM a:1
    `,
    `
    # escape=\`
    # é
    arg A=1
    ARG B
    from a:$A
    `,
    `
    RUM x
    FROM a:1
    `,
    `
    FROM a:1
    FROM b:1
    RUN x
    `,
  ],
  found: [
    `
    RUN x
    ~~~ "RUN" stands before the first "FROM"
    FROM a:1
    `,
    `
    ARG A
    ENV B=1
    ~~~ "ENV" stands before the first "FROM"
    LABEL c=d
    ~~~~~ "LABEL" stands before the first "FROM"
    FROM a:1
    `,
    `
    # é
    ARG A
    onbuild \\
    ~~~~~~~ "onbuild" stands before the first "FROM"
      RUN x
    FROM a:1
    `,
    `
    RUN x
    ~~~ "RUN" stands before the first "FROM"
    CMD y
    ~~~ "CMD" stands before the first "FROM"
    `,
  ],
});
