import rule from "../../../src/rules/dockerfile/invalid-from-with-arg-defaults.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    ARG V=3
    FROM alpine:$V
    `,
    `
    ARG VARIANT
    FROM busybox:stable\${VARIANT}
    `,
    `
    ARG VARIANT=""
    FROM busybox:stable\${VARIANT}
    `,
    `
    ARG V
    FROM alpine:\${V:-3}
    `,
    `
    FROM alpine:$UNDECLARED
    `,
    `
    FROM --platform=$BUILDPLATFORM alpine:$TARGETARCH
    `,
    `
    FROM Alpine:
    `,
    `
    ARG B=Build
    FROM alpine:3 AS BUILD
    FROM $B
    `,
    `
    ARG IMAGE={{image}}
    FROM $IMAGE
    `,
    `
    ARG FLAVOR=\${TARGETARCH}
    FROM a:1 AS x-amd64
    FROM x-\${FLAVOR}
    `,
  ],
  found: [
    `
    ARG IMAGE
    FROM $IMAGE
         ~~~~~~ without build arguments FROM is empty
    `,
    `
    ARG V
    FROM busybox:$V
         ~~~~~~~~~~ without build arguments "busybox:" has an empty tag
    `,
    `
    ARG SFX="box:"
        --- related: "SFX" is set here
    # é
    FROM busy\${SFX} AS x
         ~~~~~~~~~~ without build arguments "busybox:" has an empty tag
    `,
    `
    ARG R
    ARG N=Team
        - related: "N" is set here
    from $R/app \\
         ~~~~~~ without build arguments "/app" has an empty part in its name
      as a
    FROM x/\${N}:1
         ~~~~~~~~ without build arguments "x/Team:1" has capital letters in its name
    `,
  ],
});
