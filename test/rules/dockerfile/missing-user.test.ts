import rule from "../../../src/rules/dockerfile/missing-user.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    USER app
    `,
    `
    FROM a:1 AS b
    USER app
    FROM b
    `,
  ],
  found: [
    `
    FROM debian:12
         ~~~~~~~~~ no "USER" follows base image "debian:12", which is not known to set one
    RUN x
    `,
    `
    FROM a:1 AS b
    USER app
    FROM debian:12
         ~~~~~~~~~ no "USER" follows base image "debian:12", which is not known to set one
    COPY --from=b /a /a
    `,
  ],
});
