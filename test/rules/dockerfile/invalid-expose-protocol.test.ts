import rule from "../../../src/rules/dockerfile/invalid-expose-protocol.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 80 80/tcp 53/UDP 9/sctp 80-90/tcp
    EXPOSE 80/$P
    ARG Q=80/tcp
    EXPOSE $Q
    `,
  ],
  found: [
    `
    FROM a:1
    EXPOSE 80/http 81 82/
           ~~~~~~~ "http" is no protocol
                      ~~~ no protocol follows the slash
    # é
    expose 1 \\
      53/DNS
      ~~~~~~ "dns" is no protocol
    ARG Q=80/x
        - related: "Q" is set here
    ONBUILD EXPOSE $Q
                   ~~ "x" is no protocol
    `,
  ],
});
