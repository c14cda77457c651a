import rule from "../../../src/rules/dockerfile/useradd-with-high-uid.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN useradd -u 1000 a
    `,
    `
    FROM a:1
    RUN useradd -l -u 1234567 a
    `,
    `
    FROM a:1
    RUN useradd --no-log-init --uid=1234567 a
    `,
    `
    FROM a:1
    RUN useradd -u $UID a
    `,
    `
    FROM a:1
    RUN adduser -u 1234567 a
    `,
    `
    FROM a:1
    RUN useradd -u 99999 a && useradd -mlu 100000 b && usermod -u 100000 c && useradd a
    `,
    `
    FROM a:1
    RUN useradd $USER_OPTS -u 1000000 a
    `,
  ],
  found: [
    `
    FROM a:1
    RUN useradd -u 123456 a
                ~~ uid 123456 makes "useradd" write a huge log
    `,
    `
    FROM a:1
    RUN groupadd -g 1 a && useradd -m --uid=1234567 a
                                      ~~~~~~~~~~~~~ uid 1234567 makes "useradd" write a huge log
    `,
    `
    FROM a:1
    ARG ID=1000000
    RUN sudo useradd \\
      # é
      -mu $ID a
      ~~~ uid 1000000 makes "useradd" write a huge log
    RUN ["useradd", "-u", "1000000", "b"]
                    ~~~~ uid 1000000 makes "useradd" write a huge log
    ONBUILD RUN useradd -u1000000 c
                        ~~~~~~~~~ uid 1000000 makes "useradd" write a huge log
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN useradd -m -u 1000000 a
    `,
      after: `
    FROM a:1
    RUN useradd -l -m -u 1000000 a
    `,
    },
  ],
});
