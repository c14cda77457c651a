import rule from "../../../src/rules/compose/service-with-writable-root.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        read_only: yes
    `,
    `
    services:
      web:
        image: app:1
        read_only: \${RO}
    `,
    `
    services:
      web:
        image: app:1
        profiles: [test]
    `,
  ],
  found: [
    `
    services:
      web:
      ~~~ service "web" has a writable root file system
        image: a
      db:
        read_only: false
                   ~~~~~ service "db" has a writable root file system
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: app:1
    `,
      after: `
    services:
      web:
        read_only: true
        tmpfs:
          - /tmp
          - /run
        image: app:1
    `,
    },
  ],
});
