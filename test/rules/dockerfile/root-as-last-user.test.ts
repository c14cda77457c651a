import rule from "../../../src/rules/dockerfile/root-as-last-user.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    USER app
    `,
    `
    FROM a:1
    USER root
    RUN x
    USER 1000:1000
    `,
    `
    FROM a:1
    USER $U
    `,
    `
    FROM a:1 AS b
    USER root
    FROM c:1
    USER app
    `,
    "FROM a:1",
  ],
  found: [
    `
    FROM a:1
    USER root
         ~~~~ last user of the image is "root"
    `,
    `
    FROM a:1
    USER app
    user 0:0
         ~~~ last user of the image is "0:0"
    `,
    `
    FROM a:1 AS b
    USER root
         ~~~~ last user of the image is "root"
    FROM b
    RUN x
    `,
  ],
});
