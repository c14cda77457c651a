import rule from "../../../src/rules/dockerfile/unpinned-apk-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM alpine:3.22
    RUN apk add curl=8.14.1-r1 'bash~5' "git<3" zsh~=5.9 'jq>=1.7'
    `,
    `
    FROM alpine:3.22
    RUN apk add -t build --repository https://example.com/main --virtual=more -X http://x curl=8
    `,
    `
    FROM alpine:3.22
    RUN apk --no-cache add ./app.apk /tmp/x.apk !nodejs
    `,
    `
    FROM alpine:3.22
    RUN apk add $PACKAGES curl=$VERSION
    `,
    `
    FROM alpine:3.22
    RUN apk update && apk del curl
    `,
    `
    FROM alpine:3.22
    CMD apk add curl
    `,
    `
    FROM alpine:3.22
    RUN echo apk add curl
    `,
  ],
  found: [
    `
    FROM alpine:3.22
    RUN apk add --no-cache --virtual .build curl bash=5.2.37-r0
                                            ~~~~ "curl" has no version
    `,
    `
    FROM alpine:3.22
    run apk add curl@edge
                ~~~~~~~~~ "curl@edge" has no version
    `,
    `
    FROM alpine:3.22
    ARG NAME=jq
    RUN apk add \\
        # for json
        "$NAME" \\
        ~~~~~~~ "jq" has no version
        && rm -f /x
    ONBUILD RUN apk add git
                        ~~~ "git" has no version
    `,
    `
    FROM alpine:3.22
    RUN ["apk", "add", "curl"]
                       ~~~~~~ "curl" has no version
    RUN <<EOF
    set -e
    apk add -U zsh
               ~~~ "zsh" has no version
    EOF
    `,
    `
    FROM alpine:3.22
    RUN --mount=type=cache,target=/var/cache/apk sudo apk add é curl
                                                              ~ "é" has no version
                                                                ~~~~ "curl" has no version
    `,
  ],
});
