import rule from "../../../src/rules/dockerfile/consecutive-short-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    // Of these consecutive-run speaks.
    `
    FROM a:1
    RUN a
    RUN b
    `,
    `
    FROM a:1
    RUN a && b && c
    RUN d
    `,
    `
    FROM a:1
    RUN a && b
    USER c
    RUN d
    RUN --network=none e && f
    `,
  ],
  found: [
    `
    FROM a:1
    RUN a && b
    run é
    ~~~ this RUN could be one with the RUN above
    RUN c | d
    ~~~ this RUN could be one with the RUN above
    `,
  ],
});
