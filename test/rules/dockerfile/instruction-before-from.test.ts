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
  ],
});
