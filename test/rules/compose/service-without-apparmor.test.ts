import rule from "../../../src/rules/compose/service-without-apparmor.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        security_opt: [apparmor:mine, 'seccomp:unconfined']
    `,
    `
    services:
      web:
        image: app:1
        security_opt: ["apparmor=\${PROFILE}"]
    `,
  ],
  found: [
    `
    services:
      web:
        security_opt:
          - apparmor:unconfined
            ~~~~~~~~~~~~~~~~~~~ service "web" runs without an AppArmor profile
          - 'apparmor=unconfined'
            ~~~~~~~~~~~~~~~~~~~~~ service "web" runs without an AppArmor profile
    `,
  ],
});
