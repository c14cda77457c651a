import rule from "../../../src/rules/compose/port-on-all-interfaces.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        expose: ["80"]
    `,
    `
    services:
      web:
        image: app:1
        ports: ["127.0.0.1:80:80", "[::1]:81:81", "\${IP}:82:82", "\${PORTS}"]
    `,
    `
    services:
      web:
        image: app:1
        ports: [{target: 80, published: 8080, host_ip: 127.0.0.1}]
    `,
    `
    services:
      web:
        image: app:1
        network_mode: host
        ports: ["80:80"]
    `,
  ],
  found: [
    `
    services:
      web:
        ports:
          - "8080:80/tcp"
            ~~~~~~~~~~~~~ port "8080:80/tcp" of service "web" is published on all interfaces
          - 3000-3005
            ~~~~~~~~~ port "3000-3005" of service "web" is published on all interfaces
          - 0.0.0.0:80:80
            ~~~~~~~~~~~~~ port "0.0.0.0:80:80" of service "web" is published on all interfaces
          - "[::]:80:80"
            ~~~~~~~~~~~~ port "[::]:80:80" of service "web" is published on all interfaces
          - target: 80
            published: "8080"
                       ~~~~~~ port "8080" of service "web" is published on all interfaces
    `,
    `
    services:
      web:
        ports:
          - \${PORT}:80
            ~~~~~~~~~~ port "\${PORT}:80" of service "web" is published on all interfaces
          - \${IP:-0.0.0.0}:80:80
            ~~~~~~~~~~~~~~~~~~~~ port "\${IP:-0.0.0.0}:80:80" of service "web" is published on all interfaces
    `,
  ],
  fixed: [
    {
      before: `
    services:
      web:
        image: app:1
        ports: ["8080:80", 80]
    `,
      after: `
    services:
      web:
        image: app:1
        ports: ["127.0.0.1:8080:80", 127.0.0.1::80]
    `,
    },
  ],
});
