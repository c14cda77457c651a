import rule from "../../../src/rules/dockerfile/secret-in-env-or-arg.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV PORT=80
    `,
    `
    FROM a:1
    ENV DB_PASSWORD_FILE=/run/secrets/db
    `,
    `
    FROM a:1
    RUN --mount=type=secret,id=token x
    `,
  ],
  found: [
    `
    FROM a:1
    ENV DB_PASSWORD=hunter2hunter2
        ~~~~~~~~~~~ ENV "DB_PASSWORD" holds a secret, going by its name
    `,
    `
    FROM a:1
    ARG NPM_TOKEN
        ~~~~~~~~~ ARG "NPM_TOKEN" takes a secret, going by its name
    `,
  ],
});
