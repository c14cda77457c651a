import rule from "../../../src/rules/dockerfile/latest-base-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    "FROM debian:12",
    "FROM debian",
    "FROM scratch",
    "FROM img:latest@sha256:abababababababababababababababababababababababababababababababab",
    "FROM img:latest-alpine",
    "FROM img:3.latest",
    "FROM img:${TAG}",
    "FROM latest:5000/img:1",
    `
    FROM debian:12 AS latest
    FROM latest
    `,
    `
    FROM alpine:3
    ARG T=latest
    FROM img:$T
    `,
  ],
  found: [
    `
    FROM debian:latest
                ~~~~~~ base image "debian:latest" has the tag "latest"
    `,
    `
    ARG TAG=latest
        --- related: "TAG" is set here
    FROM team/app:\${TAG}
         ~~~~~~~~~~~~~~~ base image "team/app:latest" has the tag "latest"
    FROM --platform=linux/amd64 reg.example:5000/a:latest AS x
                                                   ~~~~~~ base image "reg.example:5000/a:latest" has the tag "latest"
    `,
    `
    FROM $REG/foo:latest
                  ~~~~~~ base image "$REG/foo:latest" has the tag "latest"
    `,
    `
    # ü
    from \\
      # note
      debian:latest
             ~~~~~~ base image "debian:latest" has the tag "latest"
    `,
    `
    ARG T=1
    FROM img:\${UNSET:-latest}
         ~~~~~~~~~~~~~~~~~~~~ base image "img:latest" has the tag "latest"
    `,
  ],
});
