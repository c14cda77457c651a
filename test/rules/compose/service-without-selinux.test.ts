import rule from "../../../src/rules/compose/service-without-selinux.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        security_opt: [label:user:USER, label:level:s0]
    `,
  ],
  found: [
    `
    services:
      web:
        security_opt:
          - label:disable
            ~~~~~~~~~~~~~ service "web" runs without SELinux separation
          - label=type:spc_t
            ~~~~~~~~~~~~~~~~ service "web" runs without SELinux separation
    `,
  ],
});
