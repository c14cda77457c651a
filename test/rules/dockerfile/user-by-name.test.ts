import rule from "../../../src/rules/dockerfile/user-by-name.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    USER 1000
    `,
    `
    FROM a:1
    USER app
    USER 10:app
    `,
    `
    FROM a:1
    USER root
    `,
    `
    FROM a:1
    ARG U=app
    USER $U
    `,
    `
    FROM a:1
    ENV U=1
    USER \${U}
    `,
    `
    FROM a:1
    USER app
    FROM b:1
    `,
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    USER ContainerUser
    `,
  ],
  found: [
    `
    FROM a:1
    USER 1
    USER app
         ~~~ user "app" is not a number
    `,
    `
    FROM a:1 AS x
    # é
    user \\
      app:app
      ~~~~~~~ user "app" is not a number
    FROM x
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN groupadd -g 7 g && useradd --uid 10001 -g g app
    USER app:g # x
    `,
      after: `
    FROM a:1
    RUN groupadd -g 7 g && useradd --uid 10001 -g g app
    USER 10001:g # x
    `,
    },
    {
      before: `
    FROM alpine:3
    RUN adduser -D -u 77 svc
    USER svc
    `,
      after: `
    FROM alpine:3
    RUN adduser -D -u 77 svc
    USER 77
    `,
    },
  ],
});
