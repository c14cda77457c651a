import rule from "../../../src/rules/dockerfile/healthcheck-port-mismatch.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 8080
    HEALTHCHECK CMD curl -f http://localhost:8080/
    `,
    `
    FROM a:1
    EXPOSE 8000-8010
    HEALTHCHECK CMD curl -f http://127.0.0.1:8005/
    `,
    `
    FROM a:1
    HEALTHCHECK CMD curl -f http://localhost:8080/
    `,
    `
    FROM a:1
    EXPOSE $PORT
    HEALTHCHECK CMD curl -f http://localhost:8080/
    `,
    `
    FROM a:1
    EXPOSE 80
    ENV ADMIN_PORT=9090
    HEALTHCHECK CMD curl -f http://localhost:9090/
    `,
    `
    FROM a:1
    EXPOSE 80
    HEALTHCHECK CMD curl http://localhost:$PORT/ && curl http://localhost/ && curl http://other:99/
    `,
    `
    FROM a:1
    EXPOSE 80
    CMD ["app", "--admin=:9090"]
    HEALTHCHECK CMD curl -f http://localhost:9090/
    `,
  ],
  found: [
    `
    FROM a:1
    EXPOSE 8080
    HEALTHCHECK CMD curl -f http://localhost:8000/
                            ~~~~~~~~~~~~~~~~~~~~~~ port 8000 is not among those of the image
    `,
    `
    # ü
    FROM a:1 AS base
    EXPOSE 8080/tcp 9000
    FROM base
    healthcheck --interval=5s \\
      # note
      CMD ["wget", "-qO-", "http://127.0.0.1:808/"]
                           ~~~~~~~~~~~~~~~~~~~~~~~ port 808 is not among those of the image
    `,
    `
    ARG P=81
    FROM a:1
    ARG P
    EXPOSE 80
    HEALTHCHECK CMD nc -z localhost 8080 || curl https://[::1]:$P/x
                                    ~~~~ port 8080 is not among those of the image
                                                 ~~~~~~~~~~~~~~~~~~ port 81 is not among those of the image
    `,
  ],
});
