import rule from "../../../src/rules/dockerfile/untagged-base-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    "FROM debian:12",
    "FROM debian@sha256:f1dbca0f5dbc9f1dbca0f5dbc9f1dbca0f5dbc9f1dbca0f5dbc9f1dbca0f5dbc",
    "FROM scratch",
    "FROM ${BASE}",
    `
    FROM golang:1.24 AS Build
    FROM build
    `,
    `
    ARG T=12
    FROM debian:$T
    `,
    "FROM foo:${TAG}",
  ],
  found: [
    `
    FROM debian
         ~~~~~~ base image "debian" has no tag or digest
    `,
    `
    FROM --platform=$BUILDPLATFORM node AS build
                                   ~~~~ base image "node" has no tag or digest
    FROM registry.example:5000/team/app
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ base image "registry.example:5000/team/app" has no tag or digest
    `,
    `
    ARG B=debian
        - related: "B" is set here
    FROM $B
         ~~ base image "debian" has no tag or digest
    `,
    `
    FROM later
         ~~~~~ base image "later" has no tag or digest
    FROM a:1 AS later
    `,
  ],
});
