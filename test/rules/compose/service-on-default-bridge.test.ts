import rule from "../../../src/rules/compose/service-on-default-bridge.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        network_mode: none
    `,
    `
    services:
      web:
        image: app:1
        networks: [bridge]
    `,
  ],
  found: [
    `
    services:
      web:
        network_mode: "bridge"
                      ~~~~~~~~ service "web" is on the default bridge
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: app:1
        network_mode: bridge
    `,
      after: `
    services:
      web:
        image: app:1
    `,
    },
  ],
});
