import rule from "../../../src/rules/dockerfile/created-user-unused.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN useradd app
    USER app
    CMD ["x"]
    `,
    `
    FROM a:1
    RUN useradd -r app && adduser -S b && useradd -s /sbin/nologin c
    CMD ["x"]
    `,
    `
    FROM a:1
    RUN useradd app
    ENTRYPOINT ["gosu", "app", "x"]
    `,
    `
    FROM a:1
    RUN useradd app
    ENTRYPOINT ["/docker-entrypoint.sh"]
    `,
    `
    FROM a:1
    RUN adduser app docker
    CMD x
    `,
    `
    FROM a:1 AS build
    RUN useradd app
    FROM b:1
    CMD ["x"]
    `,
    `
    FROM a:1
    RUN useradd a && useradd b
    CMD x
    `,
    `
    FROM a:1
    RUN useradd app
    `,
  ],
  found: [
    `
    FROM a:1 AS base
    # é
    RUN groupadd g && \\
        useradd -m -g g app
                        ~~~ nothing runs as user "app", which is created here
    FROM base
    USER root
    CMD ["x"]
    `,
    `
    FROM alpine:3
    run adduser -D -u 10 svc
                         ~~~ nothing runs as user "svc", which is created here
    CMD x
    `,
  ],
});
