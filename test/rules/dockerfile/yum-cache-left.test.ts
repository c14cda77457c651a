import rule from "../../../src/rules/dockerfile/yum-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN yum install -y curl && yum clean all
    `,
    `
    FROM a:1
    RUN yum -y install curl && rm -rf /var/cache/yum
    `,
    `
    FROM a:1
    RUN yum -y install curl; rm -rf /var/cache/yum/*
    `,
    `
    FROM a:1
    RUN yum -y install curl && dnf clean all
    `,
    `
    FROM a:1
    RUN yum -y install curl && yum -y clean all --enablerepo='*'
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/yum yum install -y curl
    `,
    `
    FROM a:1
    RUN yum-config-manager --add-repo x && echo yum install # yum install
    `,
    `
    FROM a:1
    RUN yum install a && yum install b && yum clean all
    `,
    `
    FROM a:1
    RUN yum install -y a && rm -rf /var/cache/{yum,dnf}
    `,
    `
    FROM a:1
    RUN yum update -y
    `,
  ],
  found: [
    `
    FROM a:1
    RUN yum install -y curl
            ~~~~~~~ no "yum clean all" follows "yum install"
    `,
    `
    FROM a:1
    RUN yum clean all && yum install -y curl
                             ~~~~~~~ no "yum clean all" follows "yum install"
    RUN yum clean all
    `,
    `
    FROM a:1
    run sudo yum install -y curl
                 ~~~~~~~ no "yum clean all" follows "yum install"
    `,
    `
    FROM a:1
    RUN ["yum", "install", "curl"]
                ~~~~~~~~~ no "yum clean all" follows "yum install"
    ONBUILD RUN yum -y groupinstall x
                       ~~~~~~~~~~~~ no "yum clean all" follows "yum groupinstall"
    `,
    `
    # ü
    FROM a:1
    RUN <<EOF
    yum install -y ü
        ~~~~~~~ no "yum clean all" follows "yum install"
    make
    EOF
    `,
    `
    FROM a:1
    RUN yum install -y a \\
      # note
      && yum -y install \\
                ~~~~~~~ no "yum clean all" follows "yum install"
      b && yum clean metadata
    `,
    `
    FROM a:1
    RUN yum install -y a; # b
            ~~~~~~~ no "yum clean all" follows "yum install"
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN yum \`
      install -y a
      ~~~~~~~ no "yum clean all" follows "yum install"
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root yum install -y a && rm -rf /var/cache/yumx
                                            ~~~~~~~ no "yum clean all" follows "yum install"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN yum install -y curl  
      RUN true
      `,
      after: `
      FROM a:1
      RUN yum install -y curl && yum clean all  
      RUN true
      `,
    },
    {
      before: `
      FROM a:1
      RUN <<EOF
      yum install -y curl
      EOF
      `,
      after: `
      FROM a:1
      RUN <<EOF
      yum install -y curl
      yum clean all
      EOF
      `,
    },
    {
      before: `
      FROM a:1
      RUN yum install -y a; # b
      `,
      after: `
      FROM a:1
      RUN yum install -y a; # b
      `,
    },
    {
      before: `
      FROM a:1
      RUN sudo yum install -y a
      `,
      after: `
      FROM a:1
      RUN sudo yum install -y a
      `,
    },
  ],
});
