import rule from "../../../src/rules/compose/service-without-memory-limit.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        deploy: {resources: {limits: {memory: 50M}}}
    `,
    `
    services:
      web:
        image: app:1
        mem_limit: \${MEM}
    `,
  ],
  found: [
    `
    version: '2'
    services:
      web:
      ~~~ service "web" has no memory limit
        image: a
        deploy: {resources: {reservations: {memory: 50M}}}
      db:
        mem_limit: 0
                   ~ service "db" has no memory limit
    `,
  ],
});
