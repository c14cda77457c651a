import rule from "../../../src/rules/dockerfile/invalid-email-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL maintainer=a@b.c
    `,
    `
    FROM a:1
    LABEL maintainer='A B <a.b+c@d-e.f>'
    `,
    `
    FROM a:1
    LABEL maintainer=$M
    `,
    `
    FROM a:1
    LABEL email=x
    `,
    `
    FROM a:1
    LABEL maintainer="\\"a b\\"@[1.2.3.4]"
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL maintainer=somebody
                     ~~~~~~~~ "maintainer" is no e-mail address: "somebody"
    `,
    `
    FROM a:1
    label maintainer "A B a@b.c"
                     ~~~~~~~~~~~ "maintainer" is no e-mail address: "A B a@b.c"
    `,
    `
    FROM a:1
    LABEL maintainer=a@-b.c
                     ~~~~~~ "maintainer" is no e-mail address: "a@-b.c"
    `,
    `
    FROM a:1
    LABEL é=a \\
      # why
      maintainer=a..b@c.d
                 ~~~~~~~~ "maintainer" is no e-mail address: "a..b@c.d"
    ONBUILD LABEL maintainer=@b
                             ~~ "maintainer" is no e-mail address: "@b"
    `,
  ],
  withOptions: [
    {
      options: { labels: ["contact"] },
      clean: [
        `
    FROM a:1
    LABEL maintainer=x
    `,
      ],
      found: [
        `
    FROM a:1
    LABEL contact=x
                  ~ "contact" is no e-mail address: "x"
    `,
      ],
    },
  ],
});
