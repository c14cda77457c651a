import rule from "../../../src/rules/dockerfile/unpinned-yum-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN yum install -y httpd-2.4.57 rpm-sign-4.16.1.3 gcc-c++-1.1.1 glibc-2.34-60.el9.x86_64 kernel-1:5.14 curl-7.*
    `,
    `
    FROM a:1
    RUN yum install -y ./a.rpm https://example.com/b.rpm c.rpm /usr/bin/d
    `,
    `
    FROM a:1
    RUN yum groupinstall -y "Development Tools" && yum install -y @base && yum group install x
    `,
    `
    FROM a:1
    RUN yum module install -y nodejs:22
    `,
    `
    FROM a:1
    ARG VERSION
    ENV HTTPD=httpd-2.4
    RUN yum install -y php-$VERSION \${HTTPD}
    `,
    `
    FROM a:1
    RUN for p in a b; do yum install -y $p; done && X=$(cat list) && yum install -y $X \`cat list\`
    `,
    `
    FROM a:1
    RUN yum --setopt=tsflags=nodocs -y update && yum clean all
    `,
    `
    FROM a:1
    RUN dnf install -y httpd
    `,
    `
    FROM a:1 AS base
    ENV VERSION=$UNKNOWN
    FROM base
    RUN yum install -y php-\${VERSION}
    `,
    `
    FROM a:1
    RUN yum install -y 'foo >= 1.2'
    `,
  ],
  found: [
    `
    FROM a:1
    RUN yum install -y httpd mod_ssl-2.4
                       ~~~~~ "httpd" has no version
    `,
    `
    FROM a:1
    RUN yum -y --enablerepo=epel install java-11-openjdk java-1.8.0-openjdk-devel gcc-c++ python3-pip
                                         ~~~~~~~~~~~~~~~ "java-11-openjdk" has no version
                                                         ~~~~~~~~~~~~~~~~~~~~~~~~ "java-1.8.0-openjdk-devel" has no version
                                                                                  ~~~~~~~ "gcc-c++" has no version
                                                                                          ~~~~~~~~~~~ "python3-pip" has no version
    `,
    `
    FROM a:1
    RUN yum install -y php-$UNDEFINED
                       ~~~~~~~~~~~~~~ "php-$UNDEFINED" has no version
    `,
    `
    from a:1
    run yum module install -y nodejs && \\
                              ~~~~~~ "nodejs" has no version
        # tools
        yum reinstall -y vim
                         ~~~ "vim" has no version
    `,
    `
    FROM a:1
    RUN <<EOF
    yum install -y é vim
                   ~ "é" has no version
                     ~~~ "vim" has no version
    EOF
    ONBUILD RUN ["yum", "install", "-y", "vim"]
                                         ~~~~~ "vim" has no version
    `,
  ],
});
