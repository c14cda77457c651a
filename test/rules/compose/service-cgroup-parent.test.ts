import rule from "../../../src/rules/compose/service-cgroup-parent.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        cgroup_parent:
    `,
    `
    services:
      web:
        image: app:1
        cgroup: private
    `,
  ],
  found: [
    `
    services:
      web:
        cgroup_parent: \${PARENT}
                       ~~~~~~~~~ service "web" chooses its control group
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: app:1
        cgroup_parent: a
    `,
      after: `
    services:
      web:
        image: app:1
    `,
    },
  ],
});
