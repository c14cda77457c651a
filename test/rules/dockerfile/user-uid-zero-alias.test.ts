import rule from "../../../src/rules/dockerfile/user-uid-zero-alias.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN useradd -u 10001 app && usermod -u 0 root && adduser -D app
    RUN useradd -u $ID app
    RUN echo "app:x:1000:0::/:/bin/sh" >> /etc/passwd
    RUN echo "app:x:0:0::/:/bin/sh" >> /tmp/passwd
    RUN sed -i 's/^root:x:0:0:/root:x:0:0:/' /etc/passwd
    RUN sed -i 's#/bin/ash#/bin/sh#' /etc/passwd
    USER 1001:0
    `,
    `
    FROM a:1
    RUN chmod -R g=u /app
    USER 1001
    USER app:0
    `,
  ],
  found: [
    `
    FROM a:1
    RUN useradd -o -u 0 app
                      ~ a user gets the id 0, which is root's
    run usermod --uid=0 --non-unique app
                ~~~~~~~ a user gets the id 0, which is root's
    RUN echo "app:x:0:0::/:/bin/sh" >> /etc/passwd
             ~~~~~~~~~~~~~~~~~~~~~~ a user gets the id 0, which is root's
    `,
    `
    # ü
    ARG ID=0
    FROM a:1
    ARG ID
    ONBUILD RUN useradd -ou \\
      # note
      $ID app
      ~~~ a user gets the id 0, which is root's
    RUN <<EOF
    sed -i 's/^app:x:1000:/app:x:0:/' /etc/passwd
           ~~~~~~~~~~~~~~~~~~~~~~~~~~ a user gets the id 0, which is root's
    echo 'app:x:0:0::/:/bin/sh' | tee -a /etc/passwd
         ~~~~~~~~~~~~~~~~~~~~~~ a user gets the id 0, which is root's
    EOF
    RUN ["adduser", "-u", "0", "app"]
                          ~~~ a user gets the id 0, which is root's
    RUN chmod -R g=u /app
    USER 1001:0
         ~~~~~~ group 0 of this user may write files that group 0 owns
    `,
  ],
  withOptions: [
    {
      options: { openshift: true },
      clean: [
        `
        FROM a:1
        RUN chmod g+w /app
        USER 1001:0
        `,
      ],
    },
  ],
});
