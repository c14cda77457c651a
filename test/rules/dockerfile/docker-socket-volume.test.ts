import rule from "../../../src/rules/dockerfile/docker-socket-volume.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    VOLUME /var/lib/docker
    `,
    `
    FROM a:1
    VOLUME $V
    `,
    `
    FROM a:1
    RUN echo /var/run/docker.sock
    `,
    `
    FROM a:1
    VOLUME /run
    `,
  ],
  found: [
    `
    FROM a:1
    VOLUME /var/run/docker.sock
           ~~~~~~~~~~~~~~~~~~~~ "/var/run/docker.sock" is the socket of a container engine
    `,
    `
    FROM a:1
    volume ["/data", "/run/docker.sock"]
                     ~~~~~~~~~~~~~~~~~~ "/run/docker.sock" is the socket of a container engine
    `,
    `
    FROM a:1
    ARG S=docker
    VOLUME /é \\
      # why
      /var/run/$S.sock/
      ~~~~~~~~~~~~~~~~~ "/var/run/docker.sock" is the socket of a container engine
    ONBUILD VOLUME /run/podman/podman.sock
                   ~~~~~~~~~~~~~~~~~~~~~~~ "/run/podman/podman.sock" is the socket of a container engine
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    # the socket
    VOLUME /var/run/docker.sock
    CMD ["x"]
    `,
      after: `
    FROM a:1
    # the socket
    CMD ["x"]
    `,
    },
  ],
});
