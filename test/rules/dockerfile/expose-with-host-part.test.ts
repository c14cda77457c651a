import rule from "../../../src/rules/dockerfile/expose-with-host-part.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 80 80/tcp 80-90
    EXPOSE $P:80
    EXPOSE \${P:-80}
    EXPOSE a:b
    `,
  ],
  found: [
    `
    FROM a:1
    EXPOSE 127.0.0.1:80:80 [::1]:8080:8080 5000:5000 8000
           ~~~~~~~~~~~~~~~ "127.0.0.1:80:80" names more than a port of the container
                           ~~~~~~~~~~~~~~~ "[::1]:8080:8080" names more than a port of the container
                                           ~~~~~~~~~ "5000:5000" names more than a port of the container
    `,
    `
    FROM a:1
    # é
    expose 1 \\
      :53:53/udp
      ~~~~~~~~~~ ":53:53/udp" names more than a port of the container
    ARG P=1:2
    ONBUILD EXPOSE $P 1-2:3-4
                   ~~ "1:2" names more than a port of the container
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    EXPOSE 127.0.0.1:80:80/tcp 5000:5000 8000
    `,
      after: `
    FROM a:1
    EXPOSE 80/tcp 5000 8000
    `,
    },
  ],
});
