import rule from "../../../src/rules/compose/compose-syntax-error.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
    `,
    `
    x-only: 1
    `,
    `
    services:
      web:
        image: app:1
        ports: !reset null
    `,
    `
    services:
      web:
    `,
  ],
  found: [
    `
    services: none
    ~~~~~~~~ "services" must be a mapping
    `,
    `
    services:
      web: app
      ~~~ service "web" must be a mapping
    `,
    `
    services:
      web:
        volumes: /:/host
        ~~~~~~~ "volumes" must be a list
    `,
    `
    - a
    ~~~ a compose file must be a mapping
    `,
    `
    services:
      web: *missing
           ~~~~~~~~ alias "missing" has no anchor
    `,
  ],
});
