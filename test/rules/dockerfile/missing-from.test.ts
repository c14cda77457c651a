import rule from "../../../src/rules/dockerfile/missing-from.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM scratch
    `,
    `
    ARG A
    FROM $A
    `,
  ],
  found: [
    `
    # only a comment
    ^ file has no "FROM"
    `,
    `
    # é
    arg X=1
    ~~~ file has no "FROM"
    RUN x
    `,
    `
    FROM a:1
    from \\
    ~~~~ "FROM" names no image
    `,
  ],
});
