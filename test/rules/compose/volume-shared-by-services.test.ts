import rule from "../../../src/rules/compose/volume-shared-by-services.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      a:
        volumes: [x:/x, x:/y]
      b:
        volumes: [y:/x, /anonymous]
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
        volumes: [x:/x]
                  ---- related: the other mount
      b:
        volumes: [x:/y]
                  ~~~~ "x" is mounted into service "a" as well
    `,
  ],
});
