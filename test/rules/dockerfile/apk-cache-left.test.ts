import rule from "../../../src/rules/dockerfile/apk-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apk add --no-cache x
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apk apk add x
    `,
    `
    FROM a:1
    RUN apk update && apk add x && rm -rf /var/cache/apk/*
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apk add x
            ~~~ "apk add" leaves its package index
    `,
    `
    FROM a:1
    RUN apk add -U x && apk add y
            ~~~ "apk add" leaves its package index
                            ~~~ "apk add" leaves its package index
    `,
  ],
});
