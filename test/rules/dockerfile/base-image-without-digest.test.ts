import rule from "../../../src/rules/dockerfile/base-image-without-digest.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM scratch
    `,
    `
    FROM debian@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef
    `,
    `
    FROM debian:12@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef
    `,
    `
    ARG BASE
    FROM $BASE
    `,
    `
    ARG TAG
    FROM debian:\${TAG}
    `,
    `
    FROM $UNDECLARED
    `,
    `
    FROM debian@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef AS debian
    FROM Debian
    `,
    `
    # A wrong digest is not a missing one.
    FROM debian@sha256:abc
    `,
    `
    FROM {{ base }}
    `,
    `
    ARG TAG=12@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef
    FROM debian:$TAG
    `,
  ],
  found: [
    `
    FROM debian:12.11-slim
         ~~~~~~~~~~~~~~~~~ base image "debian:12.11-slim" has no digest
    `,
    `
    FROM debian
         ~~~~~~ base image "debian" has no digest
    from --platform=$BUILDPLATFORM registry.example:5000/team/app:1 AS build
                                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ base image "registry.example:5000/team/app:1" has no digest
    `,
    `
    ARG TAG=12
        --- related: "TAG" is set here
    FROM debian:\${TAG}
         ~~~~~~~~~~~~~ base image "debian:12" has no digest
    `,
    `
    # escape=\`
    FROM \`
      # a comment
      mcr.example/windows:ltsc2022
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ base image "mcr.example/windows:ltsc2022" has no digest
    `,
    `
    # é
    FROM debian:12 AS a
         ~~~~~~~~~ base image "debian:12" has no digest
    FROM a
    FROM node:22 AS debian
         ~~~~~~~ base image "node:22" has no digest
    `,
  ],
});
