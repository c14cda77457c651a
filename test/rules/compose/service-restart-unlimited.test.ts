import rule from "../../../src/rules/compose/service-restart-unlimited.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        restart: on-failure:3
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
        restart: \${R}
    `,
    `
    services:
      web:
        image: app:1
        deploy: {restart_policy: {condition: on-failure, max_attempts: 5}}
    `,
  ],
  found: [
    `
    services:
      web:
        restart: on-failure:10
                 ~~~~~~~~~~~~~ service "web" is restarted 10 times
      db:
        restart: always
                 ~~~~~~ service "db" is restarted without end
    `,
    `
    services:
      web:
        deploy:
          restart_policy:
            condition: on-failure
                       ~~~~~~~~~~ service "web" is restarted without end
      db:
        deploy: {restart_policy: {condition: on-failure, max_attempts: 9}}
                                                                       ~ service "db" is restarted 9 times
    `,
  ],
});
