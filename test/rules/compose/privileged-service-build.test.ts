import rule from "../../../src/rules/compose/privileged-service-build.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        build: {privileged: false, network: none, entitlements: [device]}
    `,
    `
    services:
      web:
        build: .
    `,
  ],
  found: [
    `
    services:
      web:
        build:
          privileged: true
                      ~~~~ the build of service "web" is privileged
          network: host
                   ~~~~ the build of service "web" is in the network of the host
          entitlements:
            - network.host
              ~~~~~~~~~~~~ the build of service "web" is entitled to "network.host"
            - security.insecure
              ~~~~~~~~~~~~~~~~~ the build of service "web" is entitled to "security.insecure"
    `,
  ],
});
