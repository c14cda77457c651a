import rule from "../../../src/rules/dockerfile/multiple-healthcheck.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK CMD a
    `,
    `
    FROM a:1
    HEALTHCHECK CMD a
    FROM b:1
    HEALTHCHECK CMD b
    `,
    `
    FROM a:1
    ONBUILD HEALTHCHECK CMD a
    HEALTHCHECK CMD b
    `,
  ],
  found: [
    `
    FROM a:1
    HEALTHCHECK CMD a
    ~~~~~~~~~~~ "HEALTHCHECK" is replaced by a later one of this stage
    HEALTHCHECK NONE
    ----------- related: the one that counts
    `,
    `
    FROM a:1
    healthcheck --interval=1s CMD a
    ~~~~~~~~~~~ "healthcheck" is replaced by a later one of this stage
    RUN x
    HEALTHCHECK CMD b
    ~~~~~~~~~~~ "HEALTHCHECK" is replaced by a later one of this stage
    HEALTHCHECK CMD c
    ----------- related: the one that counts
    ----------- related: the one that counts
    `,
    `
    FROM a:1
    HEALTHCHECK \\
    ~~~~~~~~~~~ "HEALTHCHECK" is replaced by a later one of this stage
      # é
      NONE
    HEALTHCHECK CMD ["b"]
    ----------- related: the one that counts
    FROM c:1
    HEALTHCHECK CMD d
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    HEALTHCHECK --interval=5m \\
      CMD a
    HEALTHCHECK NONE
    `,
      after: `
    FROM a:1
    HEALTHCHECK NONE
    `,
    },
  ],
});
