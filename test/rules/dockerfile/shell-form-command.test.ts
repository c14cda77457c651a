import rule from "../../../src/rules/dockerfile/shell-form-command.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["a"]
    `,
    `
    FROM a:1
    CMD exec a --b
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    CMD a
    `,
    `
    FROM a:1 AS x
    CMD a
    FROM b:1
    CMD ["b"]
    `,
    `
    FROM a:1
    ENTRYPOINT [ \\
     "a" ]
    `,
    `
    FROM a:1
    CMD []
    `,
    `
    FROM a:1
    ONBUILD CMD a
    `,
  ],
  found: [
    `
    FROM a:1
    CMD nginx -g 'daemon off;'
        ~~~~~~~~~~~~~~~~~~~~~~ "CMD" is run by a shell
    `,
    `
    FROM a:1
    entrypoint /start.sh \\
               ~~~~~~~~~~~>+1:12 "entrypoint" is run by a shell
      --port 80
    CMD a
        ~ "CMD" is run by a shell
    `,
    `
    FROM a:1 AS base
    CMD a && b
        ~~~~~~ "CMD" is run by a shell
    FROM base
    USER app
    `,
    `
    FROM a:1
    CMD ['a']
        ~~~~~ "CMD" is run by a shell
    `,
  ],
});
