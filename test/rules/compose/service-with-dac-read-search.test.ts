import rule from "../../../src/rules/compose/service-with-dac-read-search.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        cap_add: [CHOWN]
    `,
    `
    services:
      web:
        image: app:1
        cap_add: [CAP_NET_ADMIN]
    `,
    `
    services:
      web:
        image: app:1
        cap_drop: [DAC_READ_SEARCH]
    `,
  ],
  found: [
    `
    services:
      web:
        cap_add:
          - CAP_DAC_READ_SEARCH
            ~~~~~~~~~~~~~~~~~~~ service "web" has CAP_DAC_READ_SEARCH
          - all
            ~~~ service "web" has CAP_DAC_READ_SEARCH by ALL
    `,
    `
    services:
      web:
        cap_add: ['dac_read_search']
                  ~~~~~~~~~~~~~~~~~ service "web" has CAP_DAC_READ_SEARCH
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: a
        cap_add: [DAC_READ_SEARCH]
    `,
      after: `
    services:
      web:
        image: a
    `,
    },
  ],
});
