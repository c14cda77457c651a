import rule from "../../../src/rules/dockerfile/curl-without-retry.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl --retry 3 https://x
    `,
    `
    FROM a:1
    ENV CURL_HOME=/c
    RUN curl https://x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl --retry=3 https://x && curl https://y && curl https://z
                                    ~~~~ "curl" does not try again
    # é
    FROM b:1
    run curl \\
        ~~~~ "curl" does not try again
      https://x
    `,
  ],
});
