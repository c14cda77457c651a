import rule from "../../../src/rules/compose/service-in-host-uts-namespace.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        uts: \${MODE}
    `,
    `
    services:
      web:
        image: app:1
        uts: private
    `,
    `
    services:
      web:
        image: app:1
        uts:
    `,
  ],
  found: [
    `
    services:
      web:
        uts: host
             ~~~~ service "web" is in the UTS namespace of the host
      b:
        uts: "\${MODE:-host}"
             ~~~~~~~~~~~~~~~ service "b" is in the UTS namespace of the host
    `,
  ],
});
