import rule from "../../../src/rules/dockerfile/as-in-other-case.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12 AS a
    from debian:12 as b
    FROM debian:12
    `,
    `
    From debian:12 as a
    `,
  ],
  found: [
    `
    FROM debian:12 as a
                   ~~ "as" stands behind "FROM"
    FROM debian:12 As b
                   ~~ "As" stands behind "FROM"
    from debian:12 AS c
                   ~~ "AS" stands behind "from"
    `,
    `
    FROM --platform=linux/amd64 \\
      # é
      debian:12 \\
      as a
      ~~ "as" stands behind "FROM"
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12   as   as
      `,
      after: `
      FROM debian:12   AS   as
      `,
    },
  ],
});
