import rule from "../../../src/rules/dockerfile/image-without-healthcheck.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK NONE
    `,
    `
    FROM a:1 AS b
    HEALTHCHECK CMD x
    FROM b
    CMD y
    `,
    // Of these another rule speaks.
    `
    FROM a:1
    EXPOSE 80
    `,
    `
    FROM a:1
    CMD ["nginx"]
    `,
  ],
  found: [
    `
    FROM a:1
         ~~~ image has no "HEALTHCHECK"
    CMD x
    `,
    `
    FROM a:1 AS b
    HEALTHCHECK CMD x
    FROM é:2
         ~~~ image has no "HEALTHCHECK"
    ONBUILD HEALTHCHECK CMD y
    `,
  ],
});
