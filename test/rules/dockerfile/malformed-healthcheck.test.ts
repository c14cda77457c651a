import rule from "../../../src/rules/dockerfile/malformed-healthcheck.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK --interval=5s --retries=3 CMD curl --timeout=5
    HEALTHCHECK NONE
    healthcheck cmd ["a"]
    `,
  ],
  found: [
    `
    FROM a:1
    HEALTHCHECK CMD
                ~~~ no command follows CMD
    HEALTHCHECK
    ~~~~~~~~~~~ neither CMD nor NONE is given
    HEALTHCHECK curl x
                ~~~~ "curl" is neither CMD nor NONE
    `,
    `
    FROM a:1
    # é
    healthcheck none \\
                    ~~>+1:4 NONE takes no arguments
      x
    HEALTHCHECK --intervall=5s CMD x
                ~~~~~~~~~~~~~~ "--intervall" is no option of "HEALTHCHECK"
    HEALTHCHECK CMD --retries=3 x
                    ~~~~~~~~~~~ option "--retries" stands behind CMD, so it is run as a program
    ONBUILD HEALTHCHECK CMD ["--timeout=3s", "x"]
                             ~~~~~~~~~~~~~~ option "--timeout" stands behind CMD, so it is run as a program
    `,
  ],
});
