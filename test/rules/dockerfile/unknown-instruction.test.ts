import rule from "../../../src/rules/dockerfile/unknown-instruction.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    run x
    Copy a /b
    MAINTAINER x
    RUN <<EOF
    RUM x
    EOF
    `,
    `
    FROM {{base}}
    "a",
    `,
  ],
  found: [
    `
    FROM a:1
    RUM x
    ~~~ "RUM" is no instruction; "RUN" is
    COPPY a /b
    ~~~~~ "COPPY" is no instruction; "COPY" is
    # é
    apt-get install \\
    ~~~~~~~ "apt-get" is no instruction
      x
    entrypiont x
    ~~~~~~~~~~ "entrypiont" is no instruction; "ENTRYPOINT" is
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RNU x
    copyy a /b
    `,
      after: `
    FROM a:1
    RUN x
    copy a /b
    `,
    },
  ],
});
