import rule from "../../../src/rules/dockerfile/root-as-last-user.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    "FROM debian:12",
    `
    FROM debian:12
    USER root
    RUN true
    USER app
    `,
    `
    FROM debian:12
    USER $UID
    `,
    `
    FROM debian:12 AS build
    USER root
    FROM debian:12
    USER app
    `,
    `
    FROM debian:12 AS base
    USER root
    FROM base
    USER app
    `,
    `
    FROM debian:12
    ONBUILD USER root
    `,
    `
    FROM debian:12
    USER 1000:0
    `,
    `
    FROM debian:12
    USER rooted
    `,
    `
    ARG U=app
    FROM debian:12
    ARG U
    USER $U
    `,
    `
    FROM debian:12 AS a
    USER root
    FROM scratch
    COPY --from=a / /
    `,
  ],
  found: [
    `
    FROM debian:12
    USER root
         ~~~~ last user of the image is "root"
    `,
    `
    FROM debian:12
    USER app
    user 0:0
         ~~~ last user of the image is "0:0"
    `,
    `
    FROM debian:12
    USER "root:wheel"
         ~~~~~~~~~~~~ last user of the image is "root:wheel"
    `,
    `
    FROM debian:12
    ARG U=root
        - related: "U" is set here
    USER \${U}
         ~~~~ last user of the image is "root"
    `,
    `
    FROM debian:12 AS base
    USER 0
         ~ last user of the image is "0"
    FROM base
    RUN true
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    USER ContainerAdministrator
         ~~~~~~~~~~~~~~~~~~~~~~ last user of the image is "ContainerAdministrator"
    `,
    `
    FROM debian:12
    # ü
    USER \\
      # note
      root
      ~~~~ last user of the image is "root"
    `,
    `
    FROM debian:12
    ENV RUN_AS=app
        ------ related: "RUN_AS" is set here
    USER \${RUN_AS:+root}
         ~~~~~~~~~~~~~~~ last user of the image is "root"
    `,
  ],
});
