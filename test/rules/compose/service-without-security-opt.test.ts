import rule from "../../../src/rules/compose/service-without-security-opt.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        security_opt: ['label:disable']
    `,
    `
    services:
      web:
        init: true
    `,
  ],
  found: [
    `
    services:
      web:
      ~~~ service "web" has no security_opt
        image: a
        security_opt:
    `,
  ],
});
