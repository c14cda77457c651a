import rule from "../../../src/rules/compose/service-without-seccomp.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        security_opt: [seccomp:p.json, 'apparmor:unconfined']
    `,
    `
    services:
      web:
        image: app:1
        security_opt: ["seccomp:\${PROFILE}"]
    `,
  ],
  found: [
    `
    services:
      web:
        security_opt:
          - seccomp:unconfined
            ~~~~~~~~~~~~~~~~~~ service "web" runs without a seccomp filter
          - "seccomp=unconfined"
            ~~~~~~~~~~~~~~~~~~~~ service "web" runs without a seccomp filter
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: app:1
        security_opt:
          - seccomp:unconfined
          - apparmor:x
    `,
      after: `
    services:
      web:
        image: app:1
        security_opt:
          - apparmor:x
    `,
    },
  ],
});
