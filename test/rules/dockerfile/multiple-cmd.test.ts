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
    CMD a
    HEALTHCHECK CMD b
    ONBUILD CMD c
    ONBUILD CMD d
    `,
    `
    FROM a:1 AS x
    CMD a
    FROM x
    CMD b
    `,
    `
    FROM a:1
    RUN CMD
    CMD a
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
    CMD a
    ~~~ "CMD" is replaced by a later one of this stage
    RUN true
    cmd b \\
    ~~~ "cmd" is replaced by a later one of this stage
      # note
      ü
    CMD c
    --- related: the one that counts
    --- related: the one that counts
    `,
    `
    FROM a:1
    CMD a
    ~~~ "CMD" is replaced by a later one of this stage
    CMD b
    --- related: the one that counts
    FROM a:1
    CMD c
    ~~~ "CMD" is replaced by a later one of this stage
    CMD d
    --- related: the one that counts
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      # first
      CMD a \\
        # note
        b
      RUN true
      CMD c
      `,
      after: `
      FROM a:1
      # first
      RUN true
      CMD c
      `,
    },
  ],
});
