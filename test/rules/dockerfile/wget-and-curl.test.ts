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
    `
    FROM a:1
    RUN wget a && echo curl b # curl c
    `,
    `
    FROM a:1 AS b
    RUN curl a
    FROM b
    RUN wget a
    `,
    `
    FROM a:1
    RUN curl a
    CMD wget b
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
    `
    FROM a:1
    RUN sudo wget a
             ---- related: "wget" here
    RUN <<EOF
    # é
    curl b
    ~~~~ "curl" is used beside "wget"
    ---- related: "curl" here
    EOF
    RUN wget c
        ~~~~ "wget" is used beside "curl"
    FROM d:1
    RUN ["curl", "a"]
         ------ related: "curl" here
    RUN bash -c 'wget b'
                 ~~~~ "wget" is used beside "curl"
    `,
  ],
});
