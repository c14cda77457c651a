import rule from "../../../src/rules/dockerfile/constant-platform.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    "FROM --platform=$BUILDPLATFORM golang:1.24",
    "FROM --platform=${TARGETPLATFORM:-linux/amd64} debian:12",
    `
    ARG P=linux/amd64
    FROM --platform=$P debian:12
    `,
    "FROM --platform=linux/amd64 debian:12 AS build_amd64",
    "FROM --platform=linux debian:12 AS linux",
    "FROM debian:12",
    'FROM --platform="${BUILDPLATFORM:-linux/amd64}" golang:1.24',
    "FROM --platform=BUILDPLATFORM golang:1.24",
    "FROM --platform=linux/x86_64 debian:12 AS tools-AMD64",
    "FROM --platform=no/such/platform/here debian:12",
    "FROM --platform=amdahl debian:12",
  ],
  found: [
    `
    FROM --platform=linux/amd64 debian:12
                    ~~~~~~~~~~~ platform is fixed to "linux/amd64"
    `,
    `
    from --platform=linux/arm64/v8 \\
                    ~~~~~~~~~~~~~~ platform is fixed to "linux/arm64/v8"
      debian:12 as build
    `,
    `
    FROM --platform=linux/amd64 debian:12 AS a
                    ~~~~~~~~~~~ platform is fixed to "linux/amd64"
    FROM --platform=windows/amd64 b AS c
                    ~~~~~~~~~~~~~ platform is fixed to "windows/amd64"
    `,
    `
    ARG V=12
    FROM --platform='linux/amd64' debian:$V AS amd
                    ~~~~~~~~~~~~~ platform is fixed to "linux/amd64"
    `,
    `
    # escape=\`
    FROM --platform=windows/amd64 \`
                    ~~~~~~~~~~~~~ platform is fixed to "windows/amd64"
      # é
      mcr.microsoft.com/windows/nanoserver:ltsc2022 AS build
    `,
    `
    FROM --platform=amd64 scratch
                    ~~~~~ platform is fixed to "amd64"
    `,
  ],
  fixed: [
    {
      before: `
    FROM --platform=linux/amd64   debian:12 AS app

    `,
      after: `
    FROM debian:12 AS app

    `,
    },
  ],
});
