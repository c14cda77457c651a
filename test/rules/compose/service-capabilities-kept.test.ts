import rule from "../../../src/rules/compose/service-capabilities-kept.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        cap_drop: [NET_RAW]
    `,
    `
    services:
      web:
        extends: {file: b.yaml, service: web}
        image: a
    `,
    `
    services:
      web:
        environment: {A: b}
    `,
  ],
  found: [
    `
    services:
      web:
      ~~~ service "web" drops no capability
        image: a
      db: {build: .}
      ~~ service "db" drops no capability
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: app:1
    `,
      after: `
    services:
      web:
        cap_drop: [ALL]
        image: app:1
    `,
    },
  ],
});
