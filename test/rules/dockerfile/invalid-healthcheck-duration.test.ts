import rule from "../../../src/rules/dockerfile/invalid-healthcheck-duration.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK --interval=30s --timeout=1m30s --start-period=0 --start-interval=1.5h --retries=3 CMD x
    HEALTHCHECK --interval=\${I} --timeout=1ms --start-period=0s CMD x
    HEALTHCHECK NONE
    `,
  ],
  found: [
    `
    FROM a:1
    HEALTHCHECK --interval=30 --timeout=5sec --retries=0 CMD x
                           ~~ "30" has no unit
                                        ~~~~ "sec" is no unit of time
                                                       ~ "0" is less than 1
    `,
    `
    FROM a:1
    # é
    healthcheck --interval=abc \\
                           ~~~ "abc" is no duration
      --start-period=100us --retries=x --timeout= cmd x
                     ~~~~~ "100us" is less than 1ms
                                     ~ "x" is no number
                                       ~~~~~~~~~~ "--timeout" has no value
    ONBUILD HEALTHCHECK --timeout=-5s --retries CMD x
                                  ~~~ "-5s" is less than 1ms
                                      ~~~~~~~~~ "--retries" has no value
    `,
    `
    FROM a:1
    HEALTHCHECK --timeout=s --interval=1s2 --start-interval=1.2.3s CMD x
                          ~ "s" is no duration
                                       ~~~ "1s2" is no duration
                                                            ~~~~~~ "1.2.3s" is no duration
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    HEALTHCHECK --interval=30 --timeout=5s CMD x
    `,
      after: `
    FROM a:1
    HEALTHCHECK --interval=30s --timeout=5s CMD x
    `,
    },
  ],
});
