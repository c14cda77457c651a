import rule from "../../../src/rules/dockerfile/untagged-base-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    "FROM debian:12",
    "FROM scratch",
    "FROM debian@sha256:abababababababababababababababababababababababababababababababab",
    "FROM debian:12@sha256:abababababababababababababababababababababababababababababababab",
    "FROM host.example:5000/img:1",
    "FROM ${BASE}",
    "FROM $BASE AS x",
    `
    ARG BASE=debian:12
    FROM $BASE
    `,
    "FROM foo${SUFFIX}",
    "FROM foo:${TAG}",
    "FROM ${REGISTRY}foo",
    "FROM {{image}}",
    "from debian:12",
    `
    FROM golang:1.24 AS Build
    FROM build
    FROM BUILD
    `,
    `
    ARG V=1
    FROM foo:$V
    `,
  ],
  found: [
    `
    FROM debian
         ~~~~~~ base image "debian" has no tag or digest
    `,
    `
    FROM --platform=$BUILDPLATFORM node AS build
                                   ~~~~ base image "node" has no tag or digest
    FROM alpine:3.22
    COPY --from=build /app /app
    FROM registry.example:5000/team/app
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ base image "registry.example:5000/team/app" has no tag or digest
    `,
    `
    FROM \${REG}/foo
         ~~~~~~~~~~ base image "\${REG}/foo" has no tag or digest
    `,
    `
    ARG IMG=debian
        --- related: "IMG" is set here
    FROM \${IMG}
         ~~~~~~ base image "debian" has no tag or digest
    `,
    `
    FROM later
         ~~~~~ base image "later" has no tag or digest
    FROM debian:12 AS later
    `,
    `
    # é ü
    from \\
    # a comment
      debian as x
      ~~~~~~ base image "debian" has no tag or digest
    `,
    `
    # escape=\`
    FROM \`
      debian
      ~~~~~~ base image "debian" has no tag or digest
    `,
    `
    FROM alpine:3.22
    ARG IMG=debian:12
    FROM \${IMG:-busybox}
         ~~~~~~~~~~~~~~~ base image "busybox" has no tag or digest
    `,
    `
    FROM "debian"
         ~~~~~~~~ base image "debian" has no tag or digest
    `,
  ],
});
