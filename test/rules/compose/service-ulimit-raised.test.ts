import rule from "../../../src/rules/compose/service-ulimit-raised.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        ulimits: {nofile: {soft: 1024, hard: 1048576}, core: 0, nproc: 100, memlock: -1}
    `,
    `
    services:
      web:
        image: app:1
        ulimits: {core: "\${C}"}
    `,
  ],
  found: [
    `
    services:
      web:
        ulimits:
          nofile:
            soft: 1024
            hard: 2000000
                  ~~~~~~~ service "web" has limit "nofile" at 2000000
          core: -1
                ~~ service "web" has limit "core" at infinity
          nproc: -1
                 ~~ service "web" has limit "nproc" at infinity
    `,
  ],
});
