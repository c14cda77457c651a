import rule from "../../../src/rules/dockerfile/uppercase-expose-protocol.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    EXPOSE 80 81/tcp 82-84/udp
    `,
    `
    FROM debian:12
    EXPOSE 80/$PROTO
    `,
    `
    FROM debian:12
    # EXPOSE 80/TCP
    RUN echo EXPOSE 80/TCP
    `,
  ],
  found: [
    `
    FROM debian:12
    EXPOSE 80/TCP 81/udp 82/Udp
              ~~~ protocol "TCP" is not in lower case
                            ~~~ protocol "Udp" is not in lower case
    `,
    `
    FROM debian:12
    expose \\
      # é
      80-90/TcP
            ~~~ protocol "TcP" is not in lower case
    ONBUILD EXPOSE 1/SCTP
                     ~~~~ protocol "SCTP" is not in lower case
    `,
    `
    FROM debian:12
    ENV PORT=80/TCP
    EXPOSE $PORT
           ~~~~~ protocol "TCP" is not in lower case
    `,
    `
    FROM debian:12
    EXPOSE $PORT/TCP
                 ~~~ protocol "TCP" is not in lower case
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      EXPOSE  80/TCP   82/Udp
      `,
      after: `
      FROM debian:12
      EXPOSE  80/tcp   82/udp
      `,
    },
  ],
});
