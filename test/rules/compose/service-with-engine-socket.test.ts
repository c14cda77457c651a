import rule from "../../../src/rules/compose/service-with-engine-socket.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        volumes: [/srv/app.sock:/app.sock, data:/run/docker.sock, ./run:/run]
    `,
    `
    services:
      web:
        image: app:1
        volumes: [{type: tmpfs, target: /run}]
    `,
    `
    services:
      web:
        image: app:1
        volumes: [/run/app:/run/app]
    `,
  ],
  found: [
    `
    services:
      web:
        volumes:
          - /var/run/docker.sock:/var/run/docker.sock:ro
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ service "web" gets the socket of an engine
          - type: bind
            source: /run/../run/podman/podman.sock
                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ service "web" gets the socket of an engine
            target: /p.sock
    `,
    `
    services:
      web:
        volumes: ["/var/run:/host/run"]
                  ~~~~~~~~~~~~~~~~~~~~ service "web" gets a folder with the socket of an engine, "/run/docker.sock"
    `,
    `
    services:
      web:
        volumes:
          - \${SOCK:-/var/run/docker.sock}:/d.sock
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ service "web" gets the socket of an engine
          - $XDG_RUNTIME_DIR/docker.sock:/d.sock
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ service "web" gets the socket of an engine
    `,
    `
    services:
      web:
        volumes:
          - sock:/s
            ~~~~~~~ service "web" gets the socket of an engine
    volumes:
      sock:
        driver_opts: {type: none, o: bind, device: /run/docker.sock}
    `,
  ],
});
