import rule from "../../../src/rules/compose/service-mount-propagation.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        volumes: [/srv:/srv:ro, /a:/b:rprivate, shared:/shared]
    `,
    `
    services:
      web:
        image: app:1
        volumes: [{type: bind, source: /a, target: /b, bind: {propagation: private}}]
    `,
  ],
  found: [
    `
    services:
      web:
        volumes:
          - /srv:/srv:ro,rshared
            ~~~~~~~~~~~~~~~~~~~~ a mount of service "web" is rshared
          - type: bind
            source: /a
            target: /b
            bind:
              propagation: rslave
                           ~~~~~~ a mount of service "web" is rslave
    `,
  ],
});
