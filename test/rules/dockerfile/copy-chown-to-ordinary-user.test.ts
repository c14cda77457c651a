import rule from "../../../src/rules/dockerfile/copy-chown-to-ordinary-user.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY --chown=root:root a /app
    COPY --chown=0 a /app
    COPY --chown=$U a /app
    COPY --chown=app a /data/x
    COPY --chown=app a /home/app/x
    COPY --chmod=755 a /app
    COPY --chmod=u+w,go=rx a /app
    COPY --chown=app a x
    `,
    `
    FROM a:1
    VOLUME /app/state
    COPY --chown=app a /app/state/x
    `,
    `
    FROM a:1 AS build
    COPY --chown=app a /app
    FROM b:1
    COPY a /app
    `,
  ],
  found: [
    `
    FROM a:1
    COPY --chown=node:node a /app
                 ~~~~~~~~~ "node:node" may change what is copied to "/app"
    ADD --chown=1000 --chmod=0775 a /usr/bin/
                ~~~~ "1000" may change what is copied to "/usr/bin/"
                             ~~~~ mode "0775" lets others change what is copied
    `,
    `
    FROM a:1
    WORKDIR /app
    # é
    copy --from=b --chmod=a+w \\
                          ~~~ mode "a+w" lets others change what is copied
      --chown=app a ./x
              ~~~ "app" may change what is copied to "./x"
    ONBUILD COPY --chmod=666 a .
                         ~~~ mode "666" lets others change what is copied
    `,
  ],
});
