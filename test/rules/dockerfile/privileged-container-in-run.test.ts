import rule from "../../../src/rules/dockerfile/privileged-container-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN docker run --cap-add=NET_ADMIN x
    `,
    `
    FROM a:1
    RUN echo docker run --privileged
    `,
    `
    FROM a:1
    RUN docker run --privileged=false x
    `,
    `
    FROM a:1
    RUN docker build --privileged
    `,
    `
    FROM a:1
    LABEL RUN='docker run x'
    `,
    `
    FROM a:1
    LABEL doc='never use docker run --privileged'
    `,
    `
    FROM a:1
    RUN docker ps
    `,
  ],
  found: [
    `
    FROM a:1
    RUN docker run --rm --privileged x
                        ~~~~~~~~~~~~ "docker" starts a privileged container
    `,
    `
    FROM a:1
    RUN sudo podman create --privileged=true x && a | buildah run --privileged c -- b
                           ~~~~~~~~~~~~~~~~~ "podman" starts a privileged container
                                                                  ~~~~~~~~~~~~ "buildah" starts a privileged container
    `,
    `
    FROM a:1
    LABEL RUN='/usr/bin/docker run --privileged IMAGE'
              ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "docker" starts a privileged container
    `,
    `
    FROM a:1
    CMD ["docker", "run", "--privileged", "x"]
                          ~~~~~~~~~~~~~~ "docker" starts a privileged container
    `,
    `
    FROM a:1
    ONBUILD RUN docker \\
      # é
      container run \\
      --privileged x
      ~~~~~~~~~~~~ "docker" starts a privileged container
    RUN <<EOF
    docker exec --privileged a b
                ~~~~~~~~~~~~ "docker" starts a privileged container
    EOF
    `,
  ],
});
