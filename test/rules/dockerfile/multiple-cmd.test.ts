import rule from "../../../src/rules/dockerfile/multiple-cmd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["a"]
    `,
    `
    FROM a:1
    CMD ["a"]
    FROM b:1
    CMD ["b"]
    `,
    `
    FROM a:1
    ONBUILD CMD ["a"]
    CMD ["b"]
    `,
  ],
  found: [
    `
    FROM a:1
    CMD ["a"]
    ~~~ "CMD" is replaced by a later one of this stage
    CMD ["b"]
    --- related: the one that counts
    `,
    `
    FROM a:1
    cmd a \\
    ~~~ "cmd" is replaced by a later one of this stage
      b
    RUN x
    CMD ["b"]
    --- related: the one that counts
    `,
  ],
});
