import rule from "../../../src/rules/dockerfile/package-upgrade.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y --only-upgrade openssl && apk upgrade openssl && yum update -y bash
    `,
    `
    FROM a:1
    RUN dnf upgrade -y --security && dnf makecache && apk update && zypper install x
    `,
    `
    FROM a:1
    RUN pacman -Syu --noconfirm git && apt-get dist-upgrade -y
    `,
    `
    FROM a:1
    RUN apk upgrade $PACKAGES
    CMD apt-get upgrade -y
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get -y upgrade
                                     ~~~~~~~ "upgrade" upgrades all packages
    RUN apk --no-cache upgrade
                       ~~~~~~~ "upgrade" upgrades all packages
    `,
    `
    FROM a:1
    run yum -y update && microdnf upgrade -y
               ~~~~~~ "update" upgrades all packages
                                  ~~~~~~~ "upgrade" upgrades all packages
    RUN <<EOF
    zypper up -y
           ~~ "up" upgrades all packages
    EOF
    `,
    `
    FROM é:1
    RUN pacman -Syu --noconfirm
        ~~~~~~ "pacman" upgrades all packages
    `,
  ],
});
