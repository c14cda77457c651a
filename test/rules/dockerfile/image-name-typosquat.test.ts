import rule from "../../../src/rules/dockerfile/image-name-typosquat.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM nginx:1
    FROM library/python:3
    FROM docker.io/library/ubuntu:24.04
    FROM base
    FROM code:1
    FROM ghcr.io/team/ngnix:1
    FROM team/ngnix
    FROM \${IMAGE}:1
    FROM scratch
    `,
    `
    FROM a:1 AS ngnix
    FROM ngnix
    COPY --from=ngnix /x /y
    `,
  ],
  found: [
    `
    FROM ngnix:1.28
         ~~~~~~~~~~ "ngnix" is nearly the official image "nginx"
    from --platform=linux/amd64 pyhton AS x
                                ~~~~~~ "pyhton" is nearly the official image "python"
    FROM docker.io/library/ubunut:24.04
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "ubunut" is nearly the official image "ubuntu"
    FROM alpne@sha256:00
         ~~~~~~~~~~~~~~~ "alpne" is nearly the official image "alpine"
    `,
    `
    # ü
    FROM a:1
    COPY --from=compser:2 /x /y
                ~~~~~~~~~ "compser" is nearly the official image "composer"
    RUN --mount=from=docker.io/busyboxx,target=/b x
                     ~~~~~~~~~~~~~~~~~~ "busyboxx" is nearly the official image "busybox"
    `,
    `
    ARG NAME=ndoe
    FROM \${NAME}:22
         ~~~~~~~~~~ "ndoe" is nearly the official image "node"
    `,
  ],
  fixed: [
    {
      before: `
      FROM docker.io/library/ubunut:24.04 AS x
      FROM ngnix
      `,
      after: `
      FROM docker.io/library/ubuntu:24.04 AS x
      FROM nginx
      `,
    },
  ],
  withOptions: [
    {
      options: { allowed: ["golan"] },
      clean: [
        `
        FROM golan:1
        `,
      ],
    },
  ],
});
