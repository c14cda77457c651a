import rule from "../../../src/rules/dockerfile/wget-without-retry.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN wget -t 3 https://x && wget --tries=3 https://x && wget --retry-connrefused https://x
    `,
    `
    FROM a:1
    RUN echo tries=3 >> /etc/wgetrc
    RUN wget https://x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN wget https://x && wget https://y
        ~~~~ "wget" does not try again when the connection is refused
    # é
    FROM b:1
    run wget -q \\
        ~~~~ "wget" does not try again when the connection is refused
      https://x
    `,
  ],
});
