import rule from "../../../src/rules/compose/secret-passed-as-build-argument.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        build:
          args: {VERSION: 1, USE_TOKEN: "true"}
    `,
    `
    services:
      web:
        build:
          args: [NPM_TOKEN]
          secrets: [npm]
    `,
    `
    services:
      web:
        build: .
    `,
  ],
  found: [
    `
    services:
      web:
        build:
          args:
            NPM_TOKEN: \${NPM_TOKEN}
            ~~~~~~~~~ the build of service "web" gets secret "NPM_TOKEN" as an argument
      b:
        build:
          args:
            - API_KEY
              ~~~~~~~ the build of service "b" gets secret "API_KEY" as an argument
    `,
  ],
});
