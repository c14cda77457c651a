import rule from "../../../src/rules/dockerfile/copy-from-stage-number.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12 AS a
    FROM debian:12
    COPY --from=a /x /x
    COPY --from=busybox:1 /y /y
    COPY 0 /z
    `,
    `
    FROM debian:12
    ONBUILD COPY --from=0 /x /x
    `,
    `
    FROM debian:12
    FROM debian:12
    COPY --from=$STAGE /x /x
    `,
  ],
  found: [
    `
    FROM debian:12 AS Build
    FROM debian:12
    COPY --from=0 /x /x
                ~ stage "0" is named by its number, which is "Build"
    `,
    `
    FROM debian:12
    FROM debian:12
    COPY --from=0 /x /x
                ~ stage "0" is named by its number
    copy --chown=1:1 --from=0 /y /y
                            ~ stage "0" is named by its number
    `,
    `
    FROM debian:12
    COPY --from=7 /x /x
                ~ stage "7" is named by its number
    `,
    `
    FROM debian:12
    FROM debian:12 AS stage0
    COPY \\
      # é
      --from=0 /x /x
             ~ stage "0" is named by its number
    `,
    `
    ARG N=0
    FROM debian:12 AS a
    FROM debian:12
    ARG N=0
    COPY --from=$N /x /x
                ~~ stage "0" is named by its number, which is "a"
    `,
  ],
  fixed: [
    {
      before: `
      FROM --platform=$BUILDPLATFORM debian:12
      # the app
      FROM debian:12
      COPY --from=0 /x /x
      `,
      after: `
      FROM --platform=$BUILDPLATFORM debian:12 AS stage0
      # the app
      FROM debian:12
      COPY --from=stage0 /x /x
      `,
    },
    {
      before: `
      from debian:12
      from debian:12
      copy --from=0 /x /x
      `,
      after: `
      from debian:12 as stage0
      from debian:12
      copy --from=stage0 /x /x
      `,
    },
    {
      before: `
      FROM debian:12 AS Build
      FROM debian:12
      COPY --from=0 --chown=1 /x /x
      `,
      after: `
      FROM debian:12 AS Build
      FROM debian:12
      COPY --from=Build --chown=1 /x /x
      `,
    },
  ],
});
