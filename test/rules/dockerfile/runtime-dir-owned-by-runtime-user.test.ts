import rule from "../../../src/rules/dockerfile/runtime-dir-owned-by-runtime-user.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY . /app
    COPY --chown=app data /app/data
    USER app
    CMD ["/app/server"]
    `,
    `
    FROM a:1
    COPY --chown=app . /app
    CMD ["/app/server"]
    `,
    `
    FROM a:1
    COPY --chown=root . /app
    USER app
    CMD ["/app/server"]
    `,
    `
    FROM a:1
    COPY --chown=app . /app
    USER app
    CMD ["nginx"]
    `,
    `
    FROM a:1 AS build
    COPY --chown=app . /app
    USER app
    FROM b:1
    USER app
    CMD ["/app/server"]
    `,
  ],
  found: [
    `
    FROM a:1
    COPY --chown=app:app . /app
         ~~~~~~~~~~~~~~~ "/app/server" belongs to "app", who runs it
    USER app
    CMD ["/app/server"]
    `,
    `
    # ü
    FROM a:1 AS base
    WORKDIR /srv
    add --chown=1000 \\
        ~~~~~~~~~~~~ "/srv/server.js" belongs to "1000", who runs it
      # note
      . .
    FROM base
    USER 1000
    ENTRYPOINT ["tini", "--", "node", "server.js"]
    `,
    `
    FROM a:1
    RUN mkdir /app && chown -R app:app /app /data
                                       ~~~~ "/app/a.jar" belongs to "app", who runs it
    USER app:app
    CMD java -Xmx1g -jar /app/a.jar
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      COPY --chown=app --chmod=755 . /app
      USER app
      CMD ["/app/server"]
      `,
      after: `
      FROM a:1
      COPY --chmod=755 . /app
      USER app
      CMD ["/app/server"]
      `,
    },
  ],
});
