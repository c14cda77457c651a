import rule from "../../../src/rules/dockerfile/world-writable-path.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY --chmod=755 a /a
    `,
    `
    FROM a:1
    RUN chmod 1777 /tmp/x
    `,
    `
    FROM a:1
    RUN chmod $M /a
    `,
  ],
  found: [
    `
    FROM a:1
    COPY --chmod=777 a /a
                 ~~~ mode "777" lets every user write
    `,
    `
    FROM a:1
    RUN chmod -R 777 /a
                 ~~~ mode "777" lets every user write
    `,
  ],
});
