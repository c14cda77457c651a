import rule from "../../../src/rules/dockerfile/redundant-platform.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    `,
    `
    FROM --platform=$BUILDPLATFORM debian:12
    `,
    `
    FROM --platform=linux/amd64 debian:12
    `,
    `
    FROM --platform=\${TARGETPLATFORM:-linux/amd64} debian:12
    `,
    `
    FROM --platform=$TARGETPLATFORM/v8 debian:12
    `,
    `
    FROM --platform=linux/$TARGETARCH debian:12
    `,
    `
    ARG TARGETPLATFORM=linux/arm64
    FROM --platform=$TARGETPLATFORM debian:12
    `,
  ],
  found: [
    `
    FROM --platform=$TARGETPLATFORM debian:12
         ~~~~~~~~~~~~~~~~~~~~~~~~~~ "$TARGETPLATFORM" is what the builder takes without the flag
    `,
    `
    ARG TARGETPLATFORM
    from --platform=\${TARGETPLATFORM} debian:12 as build
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "\${TARGETPLATFORM}" is what the builder takes without the flag
    FROM --platform=$TARGETPLATFORM scratch
         ~~~~~~~~~~~~~~~~~~~~~~~~~~ "$TARGETPLATFORM" is what the builder takes without the flag
    `,
    `
    FROM \\
      # why
      --platform=$TARGETPLATFORM \\
      ~~~~~~~~~~~~~~~~~~~~~~~~~~ "$TARGETPLATFORM" is what the builder takes without the flag
      debian:12
    `,
  ],
  fixed: [
    {
      before: `
      FROM --platform=$TARGETPLATFORM  debian:12 AS a
      `,
      after: `
      FROM debian:12 AS a
      `,
    },
    {
      before: `
      FROM \\
        # why
        --platform=$TARGETPLATFORM \\
        debian:12
      `,
      after: `
      FROM \\
        # why
        \\
        debian:12
      `,
    },
  ],
});
