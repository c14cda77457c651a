import rule from "../../../src/rules/dockerfile/relinked-shell.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN ln -s /a /b
    `,
    `
    FROM a:1
    RUN echo /bin/sh
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    `,
    `
    FROM a:1
    RUN ln -s /bin/sh /usr/local/bin/sh
    `,
  ],
  found: [
    `
    FROM a:1
    RUN ln -sf /bin/bash /bin/sh
                         ~~~~~~~ "/bin/sh" is replaced
    `,
    `
    FROM a:1
    RUN rm /bin/sh && ln -s bash /bin/sh && mv /bin/bash /usr/bin/sh
                                 ~~~~~~~ "/bin/sh" is replaced
                                                         ~~~~~~~~~~~ "/usr/bin/sh" is replaced
    `,
  ],
});
