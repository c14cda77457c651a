import rule from "../../../src/rules/compose/service-without-cpu-limit.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        deploy: {resources: {limits: {cpus: '0.5'}}}
    `,
    `
    services:
      web:
        image: app:1
        cpu_shares: 512
    `,
    `
    services:
      web:
        image: app:1
        cpuset: 0,1
    `,
  ],
  found: [
    `
    services:
      web:
      ~~~ service "web" has no CPU limit
        image: a
      db:
        cpus: 0.0
              ~~~ service "db" has no CPU limit
    `,
  ],
});
