import rule from "../../../src/rules/compose/privileged-host-port.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        ports: ["80", "8080:80", "127.0.0.1::80", "\${P}:80", "1024:24"]
    `,
    `
    services:
      web:
        image: app:1
        ports: [{target: 80}]
    `,
  ],
  found: [
    `
    services:
      web:
        ports:
          - 80:8080
            ~~~~~~~ service "web" takes port 80 of the host
          - 127.0.0.1:1000-1030:1000-1030/udp
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ service "web" takes port 1000 of the host
          - target: 80
            published: 443
                       ~~~ service "web" takes port 443 of the host
          - "[::1]:53:53"
            ~~~~~~~~~~~~~ service "web" takes port 53 of the host
    `,
  ],
  withOptions: [
    {
      options: { allowed: ["80", "443"] },
      clean: ['services: {web: {ports: ["80:80", "443:443"]}}'],
      found: [
        `
        services:
          web:
            ports:
              - 80-90:80-90
                ~~~~~~~~~~~ service "web" takes port 80 of the host
        `,
      ],
    },
  ],
});
