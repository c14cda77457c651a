import rule from "../../../src/rules/dockerfile/curl-without-fail.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -fsSL https://x/y | tar x && curl --fail -O https://x && curl --fail-with-body https://x
    RUN curl -I https://x && curl http://localhost:80/ && curl http://127.0.0.1/ && curl $URL && curl --version
    RUN curl $CURL_OPTS https://x
    RUN curl -s -w '%{http_code}' https://x
    `,
    `
    FROM a:1
    COPY .curlrc /root/
    RUN curl https://x
    `,
    `
    FROM a:1
    RUN echo fail > ~/.curlrc && curl https://x
    `,
    `
    FROM a:1
    ENV CURL_HOME=/x
    RUN curl https://x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -sSL https://x/y | tar x
        ~~~~ "curl" does not fail on an error of the server
    # é
    run x && \\
      sudo curl -o y https://x/$V; curl http://a
           ~~~~ "curl" does not fail on an error of the server
                                   ~~~~ "curl" does not fail on an error of the server
    ONBUILD RUN ["curl", "https://x"]
                 ~~~~~~ "curl" does not fail on an error of the server
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN curl -o y https://x && curl -sL https://y | sh
    `,
      after: `
    FROM a:1
    RUN curl -f -o y https://x && curl -f -sL https://y | sh
    `,
    },
  ],
});
