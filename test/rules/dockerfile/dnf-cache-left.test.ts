import rule from "../../../src/rules/dockerfile/dnf-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN dnf install -y curl && dnf clean all
    `,
    `
    FROM a:1
    RUN microdnf install curl && microdnf clean all
    `,
    `
    FROM a:1
    RUN dnf5 install -y curl && dnf clean all
    `,
    `
    FROM a:1
    RUN dnf install -y curl && rm -rf /var/cache/dnf
    `,
    `
    FROM a:1
    RUN dnf install -y curl && rm -rf /var/cache/libdnf5*
    `,
    `
    FROM a:1
    RUN microdnf install -y curl && rm -rf /var/cache/yum/*
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y curl
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache/libdnf5 dnf install -y curl
    `,
    `
    FROM a:1
    RUN dnf makecache && echo dnf install
    `,
    `
    FROM a:1
    RUN dnf config-manager --add-repo x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN dnf install -y curl
            ~~~~~~~ no "dnf clean all" follows "dnf install"
    `,
    `
    FROM a:1
    RUN microdnf install -y curl && dnf clean all
                 ~~~~~~~ no "microdnf clean all" follows "microdnf install"
    `,
    `
    FROM a:1
    RUN dnf install -y a && microdnf install b && microdnf clean all
            ~~~~~~~ no "dnf clean all" follows "dnf install"
    `,
    `
    FROM a:1
    RUN dnf clean all && dnf -y upgrade
                                ~~~~~~~ no "dnf clean all" follows "dnf upgrade"
    RUN dnf up; dnf in a
                    ~~ no "dnf clean all" follows "dnf in"
    RUN microdnf rei b
                 ~~~ no "microdnf clean all" follows "microdnf rei"
    RUN dnf5 upgrade-minimal
             ~~~~~~~~~~~~~~~ no "dnf5 clean all" follows "dnf5 upgrade-minimal"
    `,
    `
    FROM a:1
    RUN ["dnf", "install", "curl"]
                ~~~~~~~~~ no "dnf clean all" follows "dnf install"
    ONBUILD RUN dnf -y up-min
                       ~~~~~~ no "dnf clean all" follows "dnf up-min"
    `,
    `
    # ü
    FROM a:1
    RUN <<EOF
    dnf reinstall -y ü
        ~~~~~~~~~ no "dnf clean all" follows "dnf reinstall"
    EOF
    `,
    `
    FROM a:1
    run sudo dnf install -y curl
                 ~~~~~~~ no "dnf clean all" follows "dnf install"
    `,
    `
    FROM a:1
    RUN echo ü && \\
      # note
      dnf -y \\
      install a
      ~~~~~~~ no "dnf clean all" follows "dnf install"
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN dnf \`
      install a
      ~~~~~~~ no "dnf clean all" follows "dnf install"
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt dnf install a
                                                     ~~~~~~~ no "dnf clean all" follows "dnf install"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN dnf install -y a \\
        # why
        b
      `,
      after: `
      FROM a:1
      RUN dnf install -y a \\
        # why
        b && dnf clean all
      `,
    },
    {
      before: `
      FROM a:1
      RUN microdnf install a
      `,
      after: `
      FROM a:1
      RUN microdnf install a && microdnf clean all
      `,
    },
  ],
});
