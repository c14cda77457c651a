import rule from "../../../src/rules/dockerfile/sudo-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y sudo
    `,
    `
    FROM a:1
    RUN echo 'sudo rm' && cat /etc/sudoers
    `,
    `
    FROM a:1
    RUN echo "app ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/app
    `,
    `
    FROM a:1
    RUN true # sudo rm
    `,
    `
    FROM a:1
    RUN ["echo", "sudo"]
    `,
    `
    FROM a:1
    COPY <<EOF /x.sh
    sudo rm
    EOF
    `,
    `
    FROM a:1
    CMD ["sudo", "app"]
    `,
  ],
  found: [
    `
    FROM a:1
    RUN sudo apt-get update && sudo apt-get install -y curl
        ~~~~ build step runs "sudo"
                               ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    USER root
    run sudo make install
        ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    USER app
    RUN sudo make install
        ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN sudo -u app make && sudo A=b make
        ~~~~ build step runs "sudo"
                            ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN ["sudo", "make"]
         ~~~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN <<EOF
    set -e
    sudo make install
    ~~~~ build step runs "sudo"
    EOF
    `,
    `
    FROM a:1
    ONBUILD RUN sudo make
                ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/x echo ü && \\
      # note
      env A=b sudo make
              ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN sh -c 'sudo make' | xargs sudo rm
               ~~~~ build step runs "sudo"
                                  ~~~~ build step runs "sudo"
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN true && \`
      /usr/bin/sudo make
      ~~~~~~~~~~~~~ build step runs "sudo"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN sudo  make && \\
        sudo \\
        make install
      `,
      after: `
      FROM a:1
      RUN make && \\
        \\
        make install
      `,
    },
    {
      before: `
      FROM a:1
      USER app
      RUN sudo make
      `,
      after: `
      FROM a:1
      USER app
      RUN sudo make
      `,
    },
    {
      before: `
      FROM a:1
      RUN sudo -u app make; sudo A=b make
      `,
      after: `
      FROM a:1
      RUN sudo -u app make; sudo A=b make
      `,
    },
  ],
});
