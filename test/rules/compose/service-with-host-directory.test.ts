import rule from "../../../src/rules/compose/service-with-host-directory.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        volumes: [/etc/localtime:/etc/localtime:ro, /srv/data:/data, ./etc:/etc, data:/etc, ~/x:/x]
    `,
    `
    services:
      web:
        image: app:1
        volumes: [/home/me/app:/app, "\${DIR}/etc:/etc"]
    `,
    `
    services:
      web:
        image: app:1
        volumes: [/library:/l, /var/lib/app:/a]
    `,
    `
    services:
      web:
        image: app:1
        volumes: [nfs:/data]
    volumes:
      nfs:
        driver_opts: {type: nfs, o: addr=10.0.0.1, device: ":/etc"}
    `,
  ],
  found: [
    `
    services:
      web:
        volumes:
          - /:/host
            ~~~~~~~ service "web" gets "/" of the host
          - /var/run/dbus:/d:ro
            ~~~~~~~~~~~~~~~~~~~ service "web" gets "/run/dbus" of the host, read-only
          - /lib/modules:/lib/modules
            ~~~~~~~~~~~~~~~~~~~~~~~~~ service "web" gets "/lib/modules" of the host
          - /etc/localtime:/etc/localtime
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ service "web" gets "/etc/localtime" of the host
    `,
    `
    services:
      web:
        volumes:
          - type: bind
            source: /srv/../etc/
                    ~~~~~~~~~~~~ service "web" gets "/etc" of the host, read-only
            target: /x
            read_only: true
    `,
    `
    services:
      web:
        volumes:
          - root:/r
            ~~~~~~~ service "web" gets "/" of the host
    volumes:
      root:
        driver_opts:
          device: /
    `,
  ],
});
