import rule from "../../../src/rules/dockerfile/curl-without-location.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -fsSL https://x && curl --location https://x && curl -X POST https://x && curl -d x https://x
    RUN curl http://localhost/x
    `,
    `
    FROM a:1
    COPY curlrc /root/.curlrc
    RUN curl -f https://x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -f https://x
        ~~~~ "curl" does not follow redirections
    # é
    run x && \\
      curl -X GET -o y https://x
      ~~~~ "curl" does not follow redirections
    ONBUILD RUN curl https://x
                ~~~~ "curl" does not follow redirections
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN curl -f https://x
    `,
      after: `
    FROM a:1
    RUN curl -L -f https://x
    `,
    },
  ],
});
