import rule from "../../../src/rules/dockerfile/undeclared-arg-in-from.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM alpine:3.22
    `,
    `
    ARG V=3
    FROM alpine:$V
    `,
    `
    FROM --platform=$BUILDPLATFORM alpine:3.22
    FROM --platform=linux/\${TARGETARCH} alpine:3.22
    `,
    `
    FROM alpine:\${V:-3}
    FROM alpine:\${V-3}
    `,
    `
    ARG V
    FROM alpine:\${V}
    ARG W
    RUN echo $W $X
    `,
  ],
  found: [
    `
    FROM alpine:$V
                ~~ "V" is not declared before the first FROM
    `,
    `
    FROM --platform=$BULIDPLATFORM scratch
                    ~~~~~~~~~~~~~~ "BULIDPLATFORM" is not declared before the first FROM; "BUILDPLATFORM" is
    `,
    `
    ARG MY_OS=linux
    ARG MY_ARCH=amd64
    FROM --platform=linux/\${MYARCH} busybox
                          ~~~~~~~~~ "MYARCH" is not declared before the first FROM; "MY_ARCH" is
    `,
    `
    ARG tag=latest
    # é
    from busybox:\${tag}\${version} \\
                       ~~~~~~~~~~ "version" is not declared before the first FROM
      AS b
    FROM "x/$other:1"
            ~~~~~~ "other" is not declared before the first FROM
    `,
    `
    FROM alpine:3 AS a
    ARG V=3
    FROM alpine:$V
                ~~ "V" is not declared before the first FROM
    `,
  ],
  fixed: [
    {
      before: `
    ARG VERSION=3
    FROM alpine:\${VERSON} AS a
    FROM alpine:$VERSIONS
    `,
      after: `
    ARG VERSION=3
    FROM alpine:\${VERSION} AS a
    FROM alpine:$VERSION
    `,
    },
  ],
});
