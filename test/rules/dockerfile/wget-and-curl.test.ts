import rule from "../../../src/rules/dockerfile/wget-and-curl.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl a
    RUN curl b
    `,
    `
    FROM a:1
    RUN apt-get install -y curl wget
    `,
    `
    FROM a:1
    RUN curl a
    FROM b:1
    RUN wget a
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl a
        ---- related: "curl" here
    RUN wget b && curl c
        ~~~~ "wget" is used beside "curl"
    `,
    `
    FROM a:1
    RUN wget a | sh; \\
        ---- related: "wget" here
      curl b
      ~~~~ "curl" is used beside "wget"
    `,
  ],
});
