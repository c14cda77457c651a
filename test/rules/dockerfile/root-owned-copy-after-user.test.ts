import rule from "../../../src/rules/dockerfile/root-owned-copy-after-user.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY a /a
    USER app
    COPY --chown=app a /a
    `,
    `
    FROM a:1
    USER root
    COPY a /a
    USER 0:0
    COPY a /a
    USER $U
    COPY a /a
    `,
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    USER ContainerUser
    COPY a /a
    `,
    `
    FROM a:1
    USER app
    COPY a /app/a
    RUN sudo chown -R app /app
    `,
  ],
  found: [
    `
    FROM a:1 AS b
    USER app:app
         ------- related: user is set here
         ------- related: user is set here
    FROM b
    # é
    copy --from=x \\
    ~~~~ files belong to root, and run with user "app"
      a /a
    RUN chown app /b
    ADD a /a
    ~~~ files belong to root, and run with user "app"
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    USER 1000:1000
    COPY --link a \\
      /a
    `,
      after: `
    FROM a:1
    USER 1000:1000
    COPY --chown=1000:1000 --link a \\
      /a
    `,
    },
  ],
});
