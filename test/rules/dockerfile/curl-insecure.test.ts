import rule from "../../../src/rules/dockerfile/curl-insecure.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -fsSL https://x
    `,
    `
    FROM a:1
    RUN curl -o k https://x
    `,
    `
    FROM a:1
    RUN curl -ok https://x
    `,
    `
    FROM a:1
    RUN curl -H 'k: -k' https://x
    `,
    `
    FROM a:1
    RUN curl -k https://localhost:8443/x
    `,
    `
    FROM a:1
    HEALTHCHECK CMD curl -fk https://127.0.0.1/x || exit 1
    `,
    `
    FROM a:1
    RUN echo curl -k
    `,
    `
    FROM a:1
    RUN curl -K file https://x
    `,
    `
    FROM a:1
    RUN curl --insecure localhost
    `,
    `
    FROM a:1
    RUN apt-get install -k curl
    `,
    `
    FROM a:1
    RUN echo insecure > /etc/other
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -k https://x
             ~~ "-k": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN curl -sSLk https://x
             ~~~~~ "-k": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN sudo curl --insecure https://x
                  ~~~~~~~~~~ "--insecure": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN curl --proxy-insecure https://x
             ~~~~~~~~~~~~~~~~ "--proxy-insecure": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN curl -k https://localhost https://x
             ~~ "-k": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN curl -k $URL
             ~~ "-k": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN a | (curl -kLo f https://x) && sh -c 'curl -k https://y'
                  ~~~~ "-k": "curl" checks no certificate
                                                   ~~ "-k": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN ["curl", "-k", "https://x"]
                 ~~~~ "-k": "curl" checks no certificate
    `,
    `
    FROM a:1
    RUN echo insecure >> /root/.curlrc
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "insecure": "curl" checks no certificate
    `,
    `
    FROM a:1
    ONBUILD RUN curl \\
      # é
      -fsSLk https://x
      ~~~~~~ "-k": "curl" checks no certificate
    CMD curl -k https://x
             ~~ "-k": "curl" checks no certificate
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN curl -k https://x | sh
    `,
      after: `
    FROM a:1
    RUN curl https://x | sh
    `,
    },
    {
      before: `
    FROM a:1
    RUN curl https://x -k
    `,
      after: `
    FROM a:1
    RUN curl https://x
    `,
    },
    {
      before: `
    FROM a:1
    RUN curl -fkL https://x
    `,
      after: `
    FROM a:1
    RUN curl -fL https://x
    `,
    },
    {
      before: `
    FROM a:1
    RUN curl \\
          --insecure \\
          https://x
    `,
      after: `
    FROM a:1
    RUN curl \\
          https://x
    `,
    },
    {
      before: `
    FROM a:1
    RUN curl -L https://x \\
          -k \\
     && b
    `,
      after: `
    FROM a:1
    RUN curl -L https://x \\
     && b
    `,
    },
  ],
});
