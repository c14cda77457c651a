import rule from "../../../src/rules/dockerfile/package-update-alone.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y curl
    `,
    `
    FROM a:1
    RUN <<EOF
    apt-get update
    apt-get install -y gettext
    EOF
    `,
    `
    FROM a:1
    RUN apt-get update; apt install -y curl
    `,
    `
    FROM a:1
    RUN apk --update add curl
    `,
    `
    FROM a:1
    RUN apk update && apk upgrade
    `,
    `
    FROM a:1
    RUN yum update -y
    RUN dnf update -y
    `,
    `
    FROM a:1
    RUN pacman -Sy --noconfirm curl && pacman -Syu
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update
    `,
    `
    FROM a:1
    RUN apt-get update && ./install.sh
    `,
    `
    FROM a:1
    RUN apt-get update && xargs apt-get install -y < list
    `,
    `
    FROM a:1
    RUN echo apt-get update # apt-get update
    `,
    `
    FROM a:1
    RUN zypper --non-interactive refresh && zypper in -y curl
    `,
    `
    FROM a:1
    RUN dnf makecache && dnf install -y curl
    `,
    `
    FROM a:1
    RUN sudo apt-get update && sudo apt-get install -y curl
    `,
    `
    FROM a:1
    RUN apt-get update && $INSTALL curl
    `,
    `
    FROM a:1
    RUN git submodule update --init
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update
                ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    RUN apt-get install -y curl
        ----------------------- related: installs by that index
    `,
    `
    FROM a:1
    RUN apt-get install -y curl && apt-get update -qq
                                           ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    `,
    `
    FROM a:1
    RUN apk update
            ~~~~~~ "apk update" is followed by no installation in this "RUN"
    RUN apk add curl
        ------------ related: installs by that index
    RUN zypper -n ref
                  ~~~ "zypper ref" is followed by no installation in this "RUN"
    RUN pacman -Sy
               ~~~ "pacman -Sy" is followed by no installation in this "RUN"
    RUN dnf makecache
            ~~~~~~~~~ "dnf makecache" is followed by no installation in this "RUN"
    `,
    `
    FROM a:1
    RUN apt-get update && apk add curl
                ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    `,
    `
    FROM a:1
    RUN apt-get update # list
                ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    RUN apt-get install -y curl
        ----------------------- related: installs by that index
    `,
    `
    FROM a:1
    RUN apt-get update
                ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    # why
    RUN apt-get install -y curl || true
        ----------------------- related: installs by that index
    `,
    `
    FROM a:1
    RUN ["apt-get", "update"]
                    ~~~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    ONBUILD RUN apt-get -y update
                           ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    `,
    `
    # ü
    FROM a:1
    run echo ü && \\
      # note
      aptitude update
               ~~~~~~ "aptitude update" is followed by no installation in this "RUN"
    `,
    `
    FROM a:1
    RUN <<EOF
    apt-get update
            ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    echo done
    EOF
    RUN --mount=type=cache,target=/var/cache/apt apt-get update
                                                         ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN \`
      apt-get update
              ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    RUN apt-get install -y \`
        -------------------- related: installs by that index
        curl
    `,
    `
    FROM a:1
    RUN bash -c "apt-get update"
                         ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN apt-get update

      RUN apt-get install -y curl
      `,
      after: `
      FROM a:1
      RUN apt-get update && apt-get install -y curl
      `,
    },
    {
      before: `
      FROM a:1
      RUN apt-get update
      RUN apt-get install -y curl || true
      `,
      after: `
      FROM a:1
      RUN apt-get update
      RUN apt-get install -y curl || true
      `,
    },
    {
      before: `
      FROM a:1
      RUN apt-get update
      # why
      RUN apt-get install -y curl
      `,
      after: `
      FROM a:1
      RUN apt-get update
      # why
      RUN apt-get install -y curl
      `,
    },
  ],
});
