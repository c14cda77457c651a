import rule from "../../../src/rules/compose/service-with-sys-admin.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        cap_add: [CHOWN]
    `,
    `
    services:
      web:
        image: app:1
        cap_add: [CAP_NET_ADMIN]
    `,
    `
    services:
      web:
        image: app:1
        cap_drop: [SYS_ADMIN]
    `,
  ],
  found: [
    `
    services:
      web:
        cap_add:
          - CAP_SYS_ADMIN
            ~~~~~~~~~~~~~ service "web" has CAP_SYS_ADMIN
          - all
            ~~~ service "web" has CAP_SYS_ADMIN by ALL
    `,
    `
    services:
      web:
        cap_add: ['sys_admin']
                  ~~~~~~~~~~~ service "web" has CAP_SYS_ADMIN
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: a
        cap_add: [SYS_ADMIN]
    `,
      after: `
    services:
      web:
        image: a
    `,
    },
  ],
});
