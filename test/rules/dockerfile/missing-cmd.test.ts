import rule from "../../../src/rules/dockerfile/missing-cmd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD x
    `,
    `
    FROM a:1 AS b
    ENTRYPOINT ["x"]
    FROM b
    `,
    `
    ARG X
    `,
  ],
  found: [
    `
    FROM a:1 AS x
    CMD x
    # é
    from b:1 \\
         ~~~ image from "b:1" has neither "CMD" nor "ENTRYPOINT" of its own
      as y
    RUN z
    `,
    `
    FROM scratch
         ~~~~~~~ image from "scratch" has neither "CMD" nor "ENTRYPOINT" of its own
    ONBUILD CMD x
    `,
  ],
});
