import rule from "../../../src/rules/dockerfile/missing-expose.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    EXPOSE 80
    `,
    `
    FROM debian:12 AS a
    expose $PORT
    FROM a
    `,
  ],
  found: [
    `
    FROM debian:12
    ~~~~ the last stage has no EXPOSE
    `,
    `
    FROM debian:12
    EXPOSE 80
    from debian:12
    ~~~~ the last stage has no EXPOSE
    ONBUILD EXPOSE 80
    # EXPOSE 80
    `,
  ],
});
