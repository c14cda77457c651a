import rule from "../../../src/rules/dockerfile/missing-healthcheck-instruction.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["tool"]
    `,
    `
    FROM a:1
    EXPOSE 80
    HEALTHCHECK CMD curl -f http://localhost/
    `,
    `
    FROM a:1
    EXPOSE 80
    HEALTHCHECK NONE
    `,
    `
    FROM a:1 AS base
    HEALTHCHECK CMD true
    FROM base
    EXPOSE 80
    `,
    `
    FROM a:1 AS build
    EXPOSE 80
    FROM a:1
    CMD ["tool"]
    `,
    "ARG A\n",
    `
    FROM a:1
    RUN nginx -t
    `,
    `
    FROM a:1
    CMD echo nginx
    `,
  ],
  found: [
    `
    FROM a:1
         ~~~ image exposes port "8080/tcp" and has no "HEALTHCHECK"
    EXPOSE 8080/tcp 9090
    `,
    `
    FROM a:1 AS base
    EXPOSE $PORT
    FROM a:1 AS other
    HEALTHCHECK CMD true
    FROM base AS run
         ~~~~ image exposes port "$PORT" and has no "HEALTHCHECK"
    RUN true
    `,
    `
    FROM a:1
         ~~~ image starts "nginx" and has no "HEALTHCHECK"
    CMD ["nginx", "-g", "daemon off;"]
    `,
    `
    # ü
    from \\
      # note
      a:1
      ~~~ image starts "gunicorn" and has no "HEALTHCHECK"
    ENTRYPOINT exec gunicorn app
    `,
    `
    FROM a:1
         ~~~ image exposes port "80" and has no "HEALTHCHECK"
    EXPOSE 80
    ONBUILD HEALTHCHECK CMD true
    `,
    `
    FROM a:1
         ~~~ image starts "redis-server" and has no "HEALTHCHECK"
    ENTRYPOINT ["tini", "--", "redis-server"]
    `,
  ],
});
