import rule from "../../../src/rules/compose/service-on-host-network.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        network_mode: \${MODE}
    `,
    `
    services:
      web:
        image: app:1
        network_mode: private
    `,
    `
    services:
      web:
        image: app:1
        network_mode:
    `,
  ],
  found: [
    `
    services:
      web:
        network_mode: host
                      ~~~~ service "web" is in the network namespace of the host
      b:
        network_mode: "\${MODE:-host}"
                      ~~~~~~~~~~~~~~~ service "b" is in the network namespace of the host
    `,
  ],
});
