import rule from "../../../src/rules/dockerfile/missing-healthcheck-instruction.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 80
    HEALTHCHECK CMD a
    `,
    `
    FROM a:1
    EXPOSE 80
    HEALTHCHECK NONE
    `,
    `
    FROM a:1 AS b
    HEALTHCHECK CMD a
    FROM b
    EXPOSE 80
    `,
  ],
  found: [
    `
    FROM a:1
         ~~~ image exposes port "80" and has no "HEALTHCHECK"
    EXPOSE 80
    CMD ["a"]
    `,
  ],
});
