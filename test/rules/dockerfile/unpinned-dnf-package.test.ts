import rule from "../../../src/rules/dockerfile/unpinned-dnf-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN dnf install -y httpd-2.4.62 && microdnf install -y tar-1.34-7.el9 && dnf5 install zip-3.0
    `,
    `
    FROM a:1
    RUN dnf group install -y x && dnf -y --setopt=install_weak_deps=False group install y && dnf groupinstall z
    `,
    `
    FROM a:1
    RUN dnf install -y ./x.rpm "@development-tools" $(cat list)
    `,
    `
    FROM a:1
    RUN dnf module install -y nodejs:22/common && dnf module enable -y php
    `,
    `
    FROM a:1
    ARG V
    RUN dnf install -y php-$V
    `,
    `
    FROM a:1
    RUN yum install -y x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN dnf install -y httpd && dnf clean all
                       ~~~~~ "httpd" has no version
    `,
    `
    FROM a:1
    RUN microdnf install --nodocs -y tar && tdnf install -y zip
                                     ~~~ "tar" has no version
                                                            ~~~ "zip" has no version
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/dnf dnf module install -y nodejs
                                                                       ~~~~~~ "nodejs" has no version
    `,
    `
    from a:1
    run dnf -y install \\
      # é
      java-21-openjdk-headless \\
      ~~~~~~~~~~~~~~~~~~~~~~~~ "java-21-openjdk-headless" has no version
      php-$NOWHERE
      ~~~~~~~~~~~~ "php-$NOWHERE" has no version
    `,
  ],
});
