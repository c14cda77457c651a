import rule from "../../../src/rules/compose/service-with-sys-ptrace.ts";
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
        cap_drop: [SYS_PTRACE]
    `,
  ],
  found: [
    `
    services:
      web:
        cap_add:
          - CAP_SYS_PTRACE
            ~~~~~~~~~~~~~~ service "web" has CAP_SYS_PTRACE
          - all
            ~~~ service "web" has CAP_SYS_PTRACE by ALL
    `,
    `
    services:
      web:
        cap_add: ['sys_ptrace']
                  ~~~~~~~~~~~~ service "web" has CAP_SYS_PTRACE
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: a
        cap_add: [SYS_PTRACE]
    `,
      after: `
    services:
      web:
        image: a
    `,
    },
  ],
});
