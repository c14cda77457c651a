import rule from "../../../src/rules/compose/service-in-host-pid-namespace.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        pid: \${MODE}
    `,
    `
    services:
      web:
        image: app:1
        pid: private
    `,
    `
    services:
      web:
        image: app:1
        pid:
    `,
  ],
  found: [
    `
    services:
      web:
        pid: host
             ~~~~ service "web" is in the process namespace of the host
      b:
        pid: "\${MODE:-host}"
             ~~~~~~~~~~~~~~~ service "b" is in the process namespace of the host
    `,
  ],
});
