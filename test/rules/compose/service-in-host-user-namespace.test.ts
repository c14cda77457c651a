import rule from "../../../src/rules/compose/service-in-host-user-namespace.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        userns_mode: \${MODE}
    `,
    `
    services:
      web:
        image: app:1
        userns_mode: private
    `,
    `
    services:
      web:
        image: app:1
        userns_mode:
    `,
  ],
  found: [
    `
    services:
      web:
        userns_mode: host
                     ~~~~ service "web" is in the user namespace of the host
      b:
        userns_mode: "\${MODE:-host}"
                     ~~~~~~~~~~~~~~~ service "b" is in the user namespace of the host
    `,
  ],
});
