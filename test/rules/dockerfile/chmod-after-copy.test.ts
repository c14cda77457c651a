import rule from "../../../src/rules/dockerfile/chmod-after-copy.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY x /bin/
    RUN chmod +x /bin/y
    `,
    `
    FROM a:1
    COPY x /bin/
    RUN chmod 755 /bin/x && a
    `,
    `
    FROM a:1
    COPY --chmod=755 x /bin/
    RUN chmod 755 /bin/x
    `,
    `
    FROM a:1
    COPY x /opt/app
    RUN chmod -R u=rwX,go=rX /opt/app
    `,
    `
    FROM a:1
    COPY x /bin/
    USER b
    RUN chmod 755 /bin/x
    `,
    `
    FROM a:1
    COPY x /bin/
    RUN chmod $M /bin/x
    `,
    `
    FROM a:1
    COPY x /
    RUN chmod 755 /
    `,
    `
    FROM a:1
    COPY x ./
    RUN chmod 755 x
    `,
  ],
  found: [
    `
    FROM a:1
    COPY x.sh /bin/
    RUN chmod 755 /bin/x.sh
    ~~~ "chmod" writes again what "COPY" has written
    `,
    `
    FROM a:1
    WORKDIR /srv
    copy a/x.sh b.sh ./
    # why
    run chmod +x x.sh
    ~~~ "chmod" writes again what "COPY" has written
    COPY é /opt/app
    RUN sudo chmod -R 0755 /opt/app/
    ~~~ "chmod" writes again what "COPY" has written
    `,
    `
    FROM a:1
    ADD run.sh /run.sh
    RUN ["chmod", "755", "/run.sh"]
    ~~~ "chmod" writes again what "ADD" has written
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    COPY x.sh /bin/
    # may run
    RUN chmod 755 /bin/x.sh
    CMD ["x"]
    `,
      after: `
    FROM a:1
    COPY --chmod=755 x.sh /bin/
    # may run
    CMD ["x"]
    `,
    },
  ],
});
