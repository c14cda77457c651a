import rule from "../../../src/rules/dockerfile/useradd-with-high-uid.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN useradd -u 1000 a
    `,
    `
    FROM a:1
    RUN useradd -l -u 1234567 a
    `,
    `
    FROM a:1
    RUN useradd --no-log-init --uid=1234567 a
    `,
    `
    FROM a:1
    RUN useradd -u $UID a
    `,
    `
    FROM a:1
    RUN adduser -u 1234567 a
    `,
  ],
  found: [
    `
    FROM a:1
    RUN useradd -u 123456 a
                ~~ uid 123456 makes "useradd" write a huge log
    `,
    `
    FROM a:1
    RUN groupadd -g 1 a && useradd -m --uid=1234567 a
                                      ~~~~~~~~~~~~~ uid 1234567 makes "useradd" write a huge log
    `,
  ],
});
