import rule from "../../../src/rules/compose/published-service-with-engine-socket.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        volumes: [/var/run/docker.sock:/s]
        expose: [2375]
    `,
    `
    services:
      web:
        image: app:1
        volumes: [/var/run/docker.sock:/s]
        ports: ["127.0.0.1:80:80"]
    `,
    `
    services:
      web:
        image: app:1
        ports: ["80:80"]
    `,
  ],
  found: [
    `
    services:
      web:
        volumes: [/run/docker.sock:/s]
                  ------------------- related: the socket
        ports: ["2375:2375"]
                ~~~~~~~~~~~ service "web" has the socket of an engine and publishes port "2375:2375"
    `,
  ],
});
