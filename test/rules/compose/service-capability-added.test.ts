import rule from "../../../src/rules/compose/service-capability-added.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        cap_add: [CHOWN, cap_kill, CAP_NET_RAW]
    `,
    `
    services:
      web:
        image: app:1
        cap_add: ["\${CAP}"]
    `,
    `
    services:
      web:
        image: app:1
        cap_drop: [ALL]
    `,
    `
    services:
      web:
        image: app:1
        cap_add:
    `,
  ],
  found: [
    `
    services:
      web:
        cap_add:
          - CHOWN
          - net_admin
            ~~~~~~~~~ service "web" has capability "net_admin", not in the default set
          - "CAP_SYS_TIME"
            ~~~~~~~~~~~~~~ service "web" has capability "CAP_SYS_TIME", not in the default set
    `,
    `
    services:
      web:
        cap_add: [ALL]
                  ~~~ service "web" has all capabilities
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: a
        cap_add:
          - CHOWN
          - NET_ADMIN # why
        init: true
    `,
      after: `
    services:
      web:
        image: a
        cap_add:
          - CHOWN
        init: true
    `,
    },
    {
      before: `
    services:
      web:
        image: a
        cap_add:
          - NET_ADMIN

        init: true
    `,
      after: `
    services:
      web:
        image: a

        init: true
    `,
    },
  ],
});
