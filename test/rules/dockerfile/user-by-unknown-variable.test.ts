import rule from "../../../src/rules/dockerfile/user-by-unknown-variable.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG UID
    USER $UID
    `,
    `
    FROM a:1
    ENV UID=1000
    USER $UID:$UID
    `,
    `
    FROM a:1
    USER \${UID:-1000}
    `,
    `
    FROM a:1
    USER app
    `,
    `
    FROM a:1 AS b
    USER $UID
    FROM c:1
    `,
  ],
  found: [
    `
    FROM é:1
    user $APP_UID
         ~~~~~~~~ nothing in this file sets "APP_UID"
    `,
  ],
});
