import rule from "../../../src/rules/compose/privileged-service.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        privileged: false
    `,
    `
    services:
      web:
        image: app:1
        privileged: \${PRIVILEGED}
    `,
    `
    services:
      web:
        image: app:1
        privileged: "no"
    `,
    `
    x-a:
      privileged: true
    services:
      web: {image: a}
    `,
  ],
  found: [
    `
    services:
      web:
        image: app:1
        privileged: true # needs it
                    ~~~~ service "web" is privileged
    `,
    `
    services:
      web:
        privileged: "yes"
                    ~~~~~ service "web" is privileged
    `,
    `
    services:
      web: {privileged: "\${P:-true}"}
                        ~~~~~~~~~~~~ service "web" is privileged
    `,
    `
    x-base: &base
      privileged: true
                  ~~~~ service "web" is privileged
                  ~~~~ service "worker" is privileged
    services:
      web:
        <<: *base
        image: a
      worker:
        <<: [*base]
        image: b
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: app:1
        privileged: true
        init: true
    `,
      after: `
    services:
      web:
        image: app:1
        init: true
    `,
    },
  ],
});
