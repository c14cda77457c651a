import rule from "../../../src/rules/dockerfile/repeated-copy-to-same-directory.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ADD a.spec /x/
    ADD b.tar.xz /x/
    `,
    `
    FROM a:1
    COPY a /x/
    COPY b /y/
    `,
    `
    FROM a:1
    COPY a /x/
    RUN y
    COPY b /x/
    `,
    `
    FROM a:1
    COPY --chown=1 a /x/
    COPY b /x/
    `,
    `
    FROM a:1
    COPY a /x/
    ADD b /x/
    `,
    `
    FROM a:1
    COPY a.txt /x.txt
    COPY b.txt /x.txt
    `,
    `
    FROM a:1 AS b
    COPY --from=x a /x/
    COPY --from=y a /x/
    `,
  ],
  found: [
    `
    FROM a:1
    COPY a /x/
    COPY b /x/
    ~~~~ "COPY" writes to "/x/" as the one above
    copy c \\
    ~~~~ "COPY" writes to "/x/" as the one above
      # é
      d /x/
    `,
    `
    FROM a:1
    ADD --chown=1 a .
    # why

    ADD --chown=1 b .
    ~~~ "ADD" writes to "." as the one above
    COPY ["a", "/x/"]
    COPY ["b", "/x/"]
    ~~~~ "COPY" writes to "/x/" as the one above
    `,
    `
    FROM a:1
    COPY a /opt/app
    COPY b /opt/app
    ~~~~ "COPY" writes to "/opt/app" as the one above
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    COPY --chown=1 a b /x/
    # more
    COPY --chown=1 c /x/
    CMD ["x"]
    `,
      after: `
    FROM a:1
    COPY --chown=1 a b c /x/
    # more
    CMD ["x"]
    `,
    },
  ],
});
