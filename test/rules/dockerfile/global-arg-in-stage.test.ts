import rule from "../../../src/rules/dockerfile/global-arg-in-stage.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    ARG V=1
    FROM a:$V
    ARG V
    RUN echo $V
    `,
    `
    ARG V=1
    FROM a:$V
    ENV V=2
    RUN echo $V
    COPY x$V /
    `,
    `
    ARG V=1
    FROM a:$V
    RUN V=3 && echo $V \${V:-x} && for x in a; do echo $x; done
    RUN ["echo", "$V"]
    `,
    `
    ARG NODE_VERSION=22
    FROM node:$NODE_VERSION
    RUN echo $NODE_VERSION
    `,
    `
    FROM a:1
    RUN echo $V
    `,
  ],
  found: [
    `
    ARG V=1
    ARG W
    FROM a:$V
    RUN echo "x-$V" && echo $V
             ~~~~~~ "V" is an ARG before FROM, and not declared in this stage
    # é
    copy $W \\
         ~~ "W" is an ARG before FROM, and not declared in this stage
      /x
    FROM b:1
    ONBUILD WORKDIR /$W
                     ~~ "W" is an ARG before FROM, and not declared in this stage
    `,
  ],
  fixed: [
    {
      before: `
    ARG V=1
    FROM a:$V AS x
    # c
    RUN echo $V
    `,
      after: `
    ARG V=1
    FROM a:$V AS x
    ARG V
    # c
    RUN echo $V
    `,
    },
  ],
});
