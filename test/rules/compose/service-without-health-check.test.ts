import rule from "../../../src/rules/compose/service-without-health-check.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        profiles: [a]
    `,
    `
    services:
      web:
        image: app:1
        restart: "no"
    `,
    `
    services:
      web:
        image: app:1
        healthcheck: {interval: 5s}
    `,
    `
    services:
      job: {image: a}
      web: {image: a, healthcheck: {test: x}, depends_on: {job: {condition: service_completed_successfully}}}
    `,
  ],
  found: [
    `
    services:
      web:
      ~~~ service "web" has no health check
        image: a
      b:
        healthcheck:
          disable: true
                   ~~~~ the health check of service "b" is off
      c:
        healthcheck: {test: ["NONE"]}
                             ~~~~~~ the health check of service "c" is off
    `,
  ],
});
