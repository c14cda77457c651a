import rule from "../../../src/rules/dockerfile/apk-add-without-virtual.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM alpine:3.22
    RUN apk add --virtual .build gcc make && make && apk del .build
    `,
    `
    FROM alpine:3.22
    RUN apk add -t build gcc make && apk add curl git && apk del build
    `,
    `
    FROM alpine:3.22
    RUN apk add gcc && make && apk del gcc
    `,
    `
    FROM alpine:3.22
    RUN apk add gcc make
    RUN apk del gcc make
    `,
    `
    FROM alpine:3.22
    RUN apk del curl && apk add gcc make
    `,
  ],
  found: [
    `
    FROM alpine:3.22
    RUN apk add --no-cache gcc make && make && apk del gcc make
            ~~~ 2 packages are added without a name for "apk del"
    `,
    `
    FROM alpine:3.22
    run apk --no-cache add \\
                       ~~~ 2 packages are added without a name for "apk del"
      # é
      gcc make ; make ; \\
      apk del gcc make
    ONBUILD RUN apk add a b && apk del a b
                    ~~~ 2 packages are added without a name for "apk del"
    `,
    `
    FROM alpine:3.22
    RUN <<EOF
    apk add a b
        ~~~ 2 packages are added without a name for "apk del"
    apk add c d
        ~~~ 2 packages are added without a name for "apk del"
    apk del a b c
    EOF
    `,
  ],
});
