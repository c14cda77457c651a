import rule from "../../../src/rules/dockerfile/apt-in-script.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get update
    `,
    `
    FROM a:1
    RUN apt-key list && apt-mark hold x
    `,
    `
    FROM a:1
    RUN rm -rf /etc/apt
    `,
    `
    FROM a:1
    RUN apt-get install -y apt
    `,
    `
    FROM a:1
    RUN echo apt update
    `,
    `
    FROM a:1
    LABEL a="apt install"
    `,
    `
    FROM a:1
    RUN command -v apt && which apt
    `,
    `
    FROM a:1
    RUN cd /var/lib && rm -rf apt dpkg cache log
    `,
    `
    FROM a:1
    HEALTHCHECK CMD apt list
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt update && apt install -y curl
        ~~~ script uses "apt"
                      ~~~ script uses "apt"
    `,
    `
    FROM a:1
    RUN sudo apt list
             ~~~ script uses "apt"
    `,
    `
    FROM a:1
    RUN ["apt", "update"]
         ~~~~~ script uses "apt"
    `,
    `
    FROM a:1
    ONBUILD RUN /usr/bin/apt update
                ~~~~~~~~~~~~ script uses "apt"
    `,
    `
    FROM a:1
    RUN <<EOF
    apt update
    ~~~ script uses "apt"
    EOF
    `,
    `
    FROM a:1
    RUN bash -c 'apt search x'
                 ~~~ script uses "apt"
    `,
    `
    FROM a:1
    RUN if apt show x; then \\
           ~~~ script uses "apt"
      # é
      apt remove -y x; fi
      ~~~ script uses "apt"
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN apt update && apt install -y x && apt search y && apt list
    `,
      after: `
    FROM a:1
    RUN apt-get update && apt-get install -y x && apt-cache search y && apt list
    `,
    },
    {
      before: `
    FROM a:1
    RUN ["/usr/bin/apt", "clean"]
    `,
      after: `
    FROM a:1
    RUN ["/usr/bin/apt-get", "clean"]
    `,
    },
  ],
});
