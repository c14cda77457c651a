import rule from "../../../src/rules/dockerfile/epel-repository-added.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN yum install -y x
    `,
    `
    FROM a:1
    RUN echo epel-release
    `,
    `
    FROM a:1
    RUN yum remove -y epel-release
    `,
    `
    FROM a:1
    RUN dnf install -y epel-releases
    `,
  ],
  found: [
    `
    FROM a:1
    RUN yum install -y epel-release
                       ~~~~~~~~~~~~ "epel-release" adds EPEL
    `,
    `
    FROM a:1
    RUN dnf -y install https://dl.fedoraproject.org/pub/epel/epel-release-latest-9.noarch.rpm
                       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://dl.fedoraproject.org/pub/epel/epel-release-latest-9.noarch.rpm" adds EPEL
    `,
    `
    FROM a:1
    RUN rpm -Uvh https://x/epel-release-7.rpm
                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://x/epel-release-7.rpm" adds EPEL
    `,
    `
    FROM a:1
    RUN amazon-linux-extras install epel -y
                                    ~~~~ "epel" adds EPEL
    `,
    `
    FROM a:1
    ONBUILD RUN microdnf install -y a \\
      # é
      epel-release b
      ~~~~~~~~~~~~ "epel-release" adds EPEL
    RUN <<EOF
    dnf install -y oracle-epel-release-el9
                   ~~~~~~~~~~~~~~~~~~~~~~~ "oracle-epel-release-el9" adds EPEL
    EOF
    `,
  ],
});
