import rule from "../../../src/rules/compose/service-without-pid-limit.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        deploy: {resources: {limits: {pids: 100}}}
    `,
    `
    services:
      web:
        image: app:1
        pids_limit: \${PIDS:-100}
    `,
  ],
  found: [
    `
    services:
      web:
      ~~~ service "web" has no PID limit
        image: a
      db:
        pids_limit: -1
                    ~~ service "db" has no PID limit
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
        pids_limit: 256
        image: app:1
    `,
    },
  ],
});
