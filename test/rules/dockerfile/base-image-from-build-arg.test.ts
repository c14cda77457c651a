import rule from "../../../src/rules/dockerfile/base-image-from-build-arg.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    ARG TAG=12
    FROM debian:\${TAG}
    `,
    `
    ARG REGISTRY=docker.io
    FROM \${REGISTRY}/debian:12
    `,
    `
    ARG NAME=debian
    FROM \${NAME}:12
    `,
    `
    ARG MODE=dev
    FROM a:1 AS dev
    FROM a:2 AS prod
    FROM \${MODE}
    `,
    `
    FROM $UNDECLARED
    `,
    `
    FROM a:1
    ARG BASE=b
    `,
  ],
  found: [
    `
    ARG BASE=debian:12
        ---- related: "BASE" is declared here
    from \${BASE}
         ~~~~~~~ build argument "BASE" names the whole base image
    `,
    `
    # ü
    ARG BASE
        ---- related: "BASE" is declared here
        ---- related: "BASE" is declared here
    FROM --platform=linux/amd64 \\
      # note
      "$BASE" AS x
      ~~~~~~~ build argument "BASE" names the whole base image
    FROM \${BASE:-debian:12}
         ~~~~~~~~~~~~~~~~~~ build argument "BASE" names the whole base image
    `,
  ],
});
