import rule from "../../../src/rules/dockerfile/invalid-exposed-port.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 1 65535 80/tcp 8000-9000/udp $P
    `,
  ],
  found: [
    `
    FROM a:1
    EXPOSE 65536
           ~~~~~ port "65536" is greater than 65535
    `,
    `
    FROM a:1
    EXPOSE 80 70000/tcp
              ~~~~~~~~~ port "70000" is greater than 65535
    `,
  ],
});
