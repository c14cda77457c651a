import rule from "../../../src/rules/dockerfile/relative-workdir.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    WORKDIR /app
    `,
    `
    FROM a:1
    WORKDIR $APP
    `,
    `
    FROM a:1
    WORKDIR /app
    WORKDIR sub
    `,
    `
    FROM a:1
    WORKDIR C:\\\\app
    `,
  ],
  found: [
    `
    FROM a:1
    WORKDIR app
            ~~~ "app" counts from the working directory of the base image
    `,
    `
    FROM a:1
    workdir "app"
            ~~~~~ "app" counts from the working directory of the base image
    `,
  ],
});
