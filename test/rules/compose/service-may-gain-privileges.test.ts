import rule from "../../../src/rules/compose/service-may-gain-privileges.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        security_opt: [no-new-privileges]
    `,
    `
    services:
      web:
        image: app:1
        security_opt: ['no-new-privileges=true']
    `,
    `
    services:
      web:
        image: app:1
        security_opt: ["\${OPT}"]
    `,
    `
    services:
      web:
        extends: base
        image: a
    `,
  ],
  found: [
    `
    services:
      web:
      ~~~ service "web" may gain privileges
        image: a
        security_opt: [apparmor:custom]
    `,
    `
    services:
      web:
        security_opt:
          - no-new-privileges:false
            ~~~~~~~~~~~~~~~~~~~~~~~ service "web" may gain privileges: no-new-privileges is off
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
        security_opt:
          - no-new-privileges:true
        image: app:1
    `,
    },
  ],
});
