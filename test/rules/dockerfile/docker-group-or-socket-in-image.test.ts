import rule from "../../../src/rules/dockerfile/docker-group-or-socket-in-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN groupadd dockers && usermod -aG users app
    ENV DOCKER_HOST=unix:///x
    CMD ["app"]
    `,
    `
    FROM docker:28-dind
    RUN addgroup docker
    ENTRYPOINT ["dockerd"]
    `,
    `
    FROM a:1 AS build
    RUN groupadd docker
    FROM b:1
    COPY --from=build /x /y
    CMD ["dockerd-rootless.sh"]
    `,
    `
    FROM a:1
    RUN apt-get install -y docker.io
    ENV DOCKER_HOST=
    `,
  ],
  found: [
    `
    FROM a:1
    RUN groupadd docker
                 ~~~~~~ group "docker" is made
    run usermod -aG docker app
                    ~~~~~~ a user is put into group "docker"
    ENTRYPOINT ["dockerd"]
                ~~~~~~~~~ "dockerd" is started as root
    `,
    `
    # ü
    FROM a:1 AS base
    RUN apt-get install -y \\
      # note
      docker-ce-cli
    ENV DOCKER_HOST=tcp://h:2375
                    ~~~~~~~~~~~~ "DOCKER_HOST" leads the docker client to "tcp://h:2375"
    FROM base
    ONBUILD RUN addgroup -S docker
                            ~~~~~~ group "docker" is made
    RUN <<EOF
    adduser app docker
                ~~~~~~ a user is put into group "docker"
    EOF
    CMD exec dockerd --host x
             ~~~~~~~ "dockerd" is started as root
    `,
    `
    FROM a:1
    COPY --from=docker:28-cli /usr/local/bin/docker /usr/local/bin/
    ENV DOCKER_HOST unix:///var/run/docker.sock
                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "DOCKER_HOST" leads the docker client to "unix:///var/run/docker.sock"
    RUN ["gpasswd", "-a", "app", "docker"]
                                 ~~~~~~~~ a user is put into group "docker"
    `,
  ],
});
