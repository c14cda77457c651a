import rule from "../../../src/rules/dockerfile/healthcheck-never-fails.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK CMD curl -f http://localhost/ || exit 1
    HEALTHCHECK CMD curl -fsS http://localhost/
    HEALTHCHECK CMD curl -s http://localhost/ | grep ok
    HEALTHCHECK CMD [ "$(curl -so /dev/null -w '%{http_code}' http://localhost/)" = 200 ]
    HEALTHCHECK CMD wget -qO- http://localhost/
    HEALTHCHECK CMD curl -f http://localhost/ && echo ok
    HEALTHCHECK CMD if check; then exit 0; else exit 1; fi
    HEALTHCHECK CMD check || exit 1; exit 0
    HEALTHCHECK CMD ["/app", "check"]
    HEALTHCHECK NONE
    `,
  ],
  found: [
    `
    FROM a:1
    HEALTHCHECK CMD curl -f http://localhost/ || true
                                                 ~~~~ the check ends with "true" and succeeds always
    healthcheck CMD check; exit 0
                           ~~~~~~ the check ends with "exit" and succeeds always
    HEALTHCHECK CMD echo ok
                    ~~~~~~~ the check ends with "echo" and succeeds always
    `,
    `
    # ü
    FROM a:1
    HEALTHCHECK --interval=5s \\
      # note
      CMD curl http://localhost:80/ || exit 1
          ~~~~ "curl" without "-f" succeeds on errors of the server
    ONBUILD HEALTHCHECK CMD ["curl", "-s", "http://localhost/"]
                             ~~~~~~ "curl" without "-f" succeeds on errors of the server
    HEALTHCHECK CMD ["sh", "-c", "check || :"]
                                           ~ the check ends with ":" and succeeds always
    HEALTHCHECK CMD ["/bin/true"]
                    ~~~~~~~~~~~~~ the check ends with "true" and succeeds always
    HEALTHCHECK CMD curl $URL || curl localhost
                                 ~~~~ "curl" without "-f" succeeds on errors of the server
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      HEALTHCHECK CMD check || true
      HEALTHCHECK CMD ["curl", "http://localhost/"]
      HEALTHCHECK CMD curl -s http://localhost/ || exit 1
      `,
      after: `
      FROM a:1
      HEALTHCHECK CMD check || exit 1
      HEALTHCHECK CMD ["curl", "-f", "http://localhost/"]
      HEALTHCHECK CMD curl -f -s http://localhost/ || exit 1
      `,
    },
  ],
});
