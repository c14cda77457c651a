import rule from "../../../src/rules/dockerfile/distribution-upgrade.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get upgrade -y
    `,
    `
    FROM a:1
    RUN echo apt-get dist-upgrade
    `,
    `
    FROM a:1
    RUN apt-get install dist-upgrade
    `,
    `
    FROM a:1
    RUN dnf upgrade -y && zypper up
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get -y dist-upgrade && apt full-upgrade
                                     ~~~~~~~~~~~~ "apt-get dist-upgrade" upgrades the whole distribution
                                                         ~~~~~~~~~~~~ "apt full-upgrade" upgrades the whole distribution
    `,
    `
    FROM a:1
    RUN do-release-upgrade -q; zypper -n dup; zypper dist-upgrade
        ~~~~~~~~~~~~~~~~~~ "do-release-upgrade" upgrades the whole distribution
                                         ~~~ "zypper dup" upgrades the whole distribution
                                                     ~~~~~~~~~~~~ "zypper dist-upgrade" upgrades the whole distribution
    `,
    `
    FROM a:1
    ONBUILD RUN dnf system-upgrade download --releasever=42
                    ~~~~~~~~~~~~~~ "dnf system-upgrade" upgrades the whole distribution
    `,
    `
    FROM a:1
    RUN ["apt-get", "dist-upgrade"]
                    ~~~~~~~~~~~~~~ "apt-get dist-upgrade" upgrades the whole distribution
    RUN <<EOF
    sudo apt-get dist-upgrade -y
                 ~~~~~~~~~~~~ "apt-get dist-upgrade" upgrades the whole distribution
    EOF
    `,
    `
    # ü
    FROM a:1
    run --mount=type=cache,target=/x echo ü && \\
      # note
      apt-get \\
      dist-upgrade
      ~~~~~~~~~~~~ "apt-get dist-upgrade" upgrades the whole distribution
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN \`
      aptitude full-upgrade
               ~~~~~~~~~~~~ "aptitude full-upgrade" upgrades the whole distribution
    `,
  ],
});
