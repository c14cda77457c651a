import rule from "../../../src/rules/dockerfile/tag-beside-digest.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    `,
    `
    FROM debian@sha256:abc
    `,
    `
    FROM registry.example:5000/app@sha256:abc
    `,
    `
    FROM scratch
    `,
    `
    FROM debian@sha256:abc AS a
    FROM a
    `,
  ],
  found: [
    `
    FROM debian:12@sha256:abc
                ~~ tag "12" stands beside a digest
    `,
    `
    FROM --platform=linux/amd64 registry.example:5000/app:1.2@sha256:abc AS app
                                                          ~~~ tag "1.2" stands beside a digest
    from debian:11@sha256:def
                ~~ tag "11" stands beside a digest
    `,
    `
    ARG TAG=12
    FROM debian:$TAG@sha256:abc
         ~~~~~~~~~~~~~~~~~~~~~~ tag "12" stands beside a digest
    `,
  ],
  fixed: [
    {
      before: `
      # The version
      FROM registry.example:5000/app:1.2@sha256:abc AS app
      `,
      after: `
      # The version
      FROM registry.example:5000/app@sha256:abc AS app
      `,
    },
  ],
});
