import rule from "../../../src/rules/dockerfile/invalid-onbuild-trigger.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ONBUILD ARG X
    ONBUILD HEALTHCHECK NONE
    onbuild shell ["x"]
    RUM x
    `,
  ],
  found: [
    `
    FROM a:1
    ONBUILD RUM x
            ~~~ "RUM" is no instruction; "RUN" is
    ONBUILD FROM b
    ~~~~~~~~~~~~~~ FROM isn't allowed as an ONBUILD trigger
    # é
    onbuild \\
    ~~~~~~~~~>+1:16 Chaining ONBUILD via \`ONBUILD ONBUILD\` isn't allowed
      onbuild run x
    ONBUILD MAINTAINER x
    ~~~~~~~~~~~~~~~~~~~~ MAINTAINER isn't allowed as an ONBUILD trigger
    ONBUILD xyz
            ~~~ "xyz" is no instruction
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    ONBUILD COYP a b
    `,
      after: `
    FROM a:1
    ONBUILD COPY a b
    `,
    },
  ],
});
