import rule from "../../../src/rules/dockerfile/apk-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apk add --no-cache curl
    `,
    `
    FROM a:1
    RUN apk -q --no-cache add curl
    `,
    `
    FROM a:1
    RUN apk add curl --no-cache
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apk apk add curl
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/etc/apk/cache/ apk add curl
    `,
    `
    FROM a:1
    RUN --mount=type=tmpfs,dst=/var/cache apk add curl
    `,
    `
    FROM a:1
    RUN apk add --update curl && rm -rf /var/cache/apk/*
    `,
    `
    FROM a:1
    RUN apk add -U curl && rm -rf /var/cache/apk
    `,
    `
    FROM a:1
    RUN apk update && apk del curl
    `,
    `
    FROM a:1
    RUN echo apk add curl
    `,
    `
    FROM a:1
    RUN apk add $APK_OPTS curl
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apk add curl
            ~~~ "apk add" leaves its package index
    `,
    `
    FROM a:1
    run apk -q add curl; apk add --update bash
               ~~~ "apk add" leaves its package index
                             ~~~ "apk add" leaves its package index
    `,
    `
    FROM a:1
    RUN apk add -U curl && apk add curl -U bash
            ~~~ "apk add" leaves its package index
                               ~~~ "apk add" leaves its package index
    `,
    `
    FROM a:1
    RUN rm -rf /var/cache/apk/* && apk add --update curl
                                       ~~~ "apk add" leaves its package index
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt apk add curl
                                                     ~~~ "apk add" leaves its package index
    `,
    `
    FROM a:1
    RUN ["apk", "add", "curl"]
                ~~~~~ "apk add" leaves its package index
    ONBUILD RUN apk add curl
                    ~~~ "apk add" leaves its package index
    `,
    `
    # ü
    FROM a:1
    RUN <<EOF
    echo ü
    apk add \\
        ~~~ "apk add" leaves its package index
      curl
    EOF
    `,
    `
    FROM a:1
    RUN echo ü && \\
      # note
      apk add \\
          ~~~ "apk add" leaves its package index
        --update \\
        curl
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN apk \`
      add $PKGS
      ~~~ "apk add" leaves its package index
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN apk add --update curl
      `,
      after: `
      FROM a:1
      RUN apk add --no-cache curl
      `,
    },
    {
      before: `
      FROM a:1
      RUN apk -U add curl
      `,
      after: `
      FROM a:1
      RUN apk add --no-cache curl
      `,
    },
    {
      before: `
      FROM a:1
      RUN apk add curl
      `,
      after: `
      FROM a:1
      RUN apk add --no-cache curl
      `,
    },
    {
      before: `
      FROM a:1
      RUN ["apk", "add", "curl"]
      `,
      after: `
      FROM a:1
      RUN ["apk", "add", "curl"]
      `,
    },
  ],
});
