import rule from "../../../src/rules/dockerfile/apt-package-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y x
    `,
    `
    FROM scratch
    ADD rootfs.tar /
    RUN apt-get install -y x && apt-get clean
    `,
    `
    FROM debian:12
    RUN rm /etc/apt/apt.conf.d/docker-clean && apt-get install -y x && rm -rf /var/cache/apt/*
    `,
    `
    FROM debian:12
    RUN rm /etc/apt/apt.conf.d/docker-clean
    RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install -y x
    `,
    `
    FROM debian:12 AS b
    RUN rm /etc/apt/apt.conf.d/docker-clean
    RUN apt-get install -y x
    FROM debian:12
    `,
    `
    FROM scratch
    RUN apt-get remove -y x
    `,
  ],
  found: [
    `
    FROM scratch
    ADD rootfs.tar /
    RUN apt-get install -y x
                ~~~~~~~ nothing cleans the package cache behind "apt-get install"
    `,
    `
    FROM debian:12 AS b
    RUN rm -f /etc/apt/apt.conf.d/docker-clean; echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache
    FROM b
    RUN sudo apt install -y \\
                 ~~~~~~~ nothing cleans the package cache behind "apt install"
        # é
        x
    `,
    `
    FROM debian:12
    RUN <<EOF
    echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache
    apt-get install -y x
            ~~~~~~~ nothing cleans the package cache behind "apt-get install"
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM debian:12
    RUN rm -f /etc/apt/apt.conf.d/docker-clean
    RUN apt-get update && \\
        apt-get install -y x
    `,
      after: `
    FROM debian:12
    RUN rm -f /etc/apt/apt.conf.d/docker-clean
    RUN apt-get update && \\
        apt-get install -y x && apt-get clean
    `,
    },
  ],
});
