import rule from "../../../src/rules/dockerfile/node-tls-verification-off.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV NODE_TLS_REJECT_UNAUTHORIZED=1
    `,
    `
    FROM a:1
    ARG NODE_TLS_REJECT_UNAUTHORIZED
    `,
    `
    FROM a:1
    RUN unset NODE_TLS_REJECT_UNAUTHORIZED && echo NODE_TLS_REJECT_UNAUTHORIZED=0
    `,
    `
    FROM a:1
    ARG V
    ENV NODE_TLS_REJECT_UNAUTHORIZED=$V
    `,
    `
    FROM a:1
    LABEL NODE_TLS_REJECT_UNAUTHORIZED=0
    `,
    `
    FROM a:1
    # ENV NODE_TLS_REJECT_UNAUTHORIZED=0
    `,
  ],
  found: [
    `
    FROM a:1
    ENV NODE_TLS_REJECT_UNAUTHORIZED=0
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    `,
    `
    FROM a:1
    env NODE_TLS_REJECT_UNAUTHORIZED "0"
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    `,
    `
    FROM a:1
    ENV A=é NODE_TLS_REJECT_UNAUTHORIZED='0' B=c
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    `,
    `
    ARG NODE_TLS_REJECT_UNAUTHORIZED=0
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    FROM a:1 AS x
    ARG V=0
    ENV A=b \\
      # why
      NODE_TLS_REJECT_UNAUTHORIZED=$V
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    FROM x
    RUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci && export NODE_TLS_REJECT_UNAUTHORIZED="0"
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
                                                        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    `,
    `
    FROM a:1
    ONBUILD RUN --mount=type=cache,target=/c env NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci
                                                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    `,
    `
    FROM a:1
    RUN <<EOF
    export NODE_TLS_REJECT_UNAUTHORIZED=0
           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_TLS_REJECT_UNAUTHORIZED" is "0": no certificate is checked
    npm ci
    EOF
    `,
  ],
});
