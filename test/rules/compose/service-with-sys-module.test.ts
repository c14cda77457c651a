import rule from "../../../src/rules/compose/service-with-sys-module.ts";
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
        cap_drop: [SYS_MODULE]
    `,
  ],
  found: [
    `
    services:
      web:
        cap_add:
          - CAP_SYS_MODULE
            ~~~~~~~~~~~~~~ service "web" has CAP_SYS_MODULE
          - all
            ~~~ service "web" has CAP_SYS_MODULE by ALL
    `,
    `
    services:
      web:
        cap_add: ['sys_module']
                  ~~~~~~~~~~~~ service "web" has CAP_SYS_MODULE
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: a
        cap_add: [SYS_MODULE]
    `,
      after: `
    services:
      web:
        image: a
    `,
    },
  ],
});
