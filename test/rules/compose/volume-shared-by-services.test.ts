import rule from "../../../src/rules/compose/volume-shared-by-services.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      a:
        volumes: [data:/x, data:/y]
      b:
        volumes: [other:/x, /anonymous]
    `,
    `
    services:
      a:
        volumes: ["\${D}:/x"]
      b:
        volumes: ["\${D}:/x"]
    `,
  ],
  found: [
    `
    services:
      a:
        volumes: [data:/x]
                  ------- related: the other mount
      b:
        volumes: [data:/y]
                  ~~~~~~~ "data" is mounted into service "a" as well
    `,
  ],
});
