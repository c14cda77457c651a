import rule from "../../../src/rules/compose/service-in-host-ipc-namespace.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        ipc: \${MODE}
    `,
    `
    services:
      web:
        image: app:1
        ipc: private
    `,
    `
    services:
      web:
        image: app:1
        ipc:
    `,
  ],
  found: [
    `
    services:
      web:
        ipc: host
             ~~~~ service "web" is in the IPC namespace of the host
      b:
        ipc: "\${MODE:-host}"
             ~~~~~~~~~~~~~~~ service "b" is in the IPC namespace of the host
    `,
    `
    services:
      web:
        ipc: shareable
             ~~~~~~~~~ service "web" lets others into its IPC namespace
    `,
  ],
});
