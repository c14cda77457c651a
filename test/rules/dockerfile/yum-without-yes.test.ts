import rule from "../../../src/rules/dockerfile/yum-without-yes.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN yum install -y x
    `,
    `
    FROM a:1
    RUN yum -y install x
    `,
    `
    FROM a:1
    RUN yum --assumeyes install x
    `,
    `
    FROM a:1
    RUN yum clean all
    `,
    `
    FROM a:1
    RUN yes | yum install x
    `,
    `
    FROM a:1
    RUN yum -qy install x && yum install $YUM_OPTS x && yum --setopt=assumeyes=1 install x
    `,
    `
    FROM a:1
    RUN echo assumeyes=1 >> /etc/yum.conf && yum install x
    RUN yum install y
    `,
    `
    FROM a:1
    RUN yum-config-manager --save --setopt=assumeyes=1
    RUN yum install y
    `,
    `
    FROM a:1
    COPY yum.conf /etc/yum.conf
    RUN yum install x
    `,
    `
    FROM a:1
    RUN yum makecache && yum list installed
    `,
  ],
  found: [
    `
    FROM a:1
    RUN yum install x
            ~~~~~~~ "yum install" asks before it goes on
    `,
    `
    FROM a:1
    RUN yum groupinstall 'Dev Tools' && yum -q reinstall y
            ~~~~~~~~~~~~ "yum groupinstall" asks before it goes on
                                               ~~~~~~~~~ "yum reinstall" asks before it goes on
    `,
    `
    FROM a:1
    RUN yum install -yes x && yum localinstall x.rpm
                                  ~~~~~~~~~~~~ "yum localinstall" asks before it goes on
    `,
    `
    FROM a:1
    RUN echo assumeyes=0 >> /etc/yum.conf && sudo yum \\
      # é
      install x
      ~~~~~~~ "yum install" asks before it goes on
    `,
    `
    FROM a:1
    RUN yum --setopt=assumeyes=1 install x
    ONBUILD RUN yum -q install y
                       ~~~~~~~ "yum install" asks before it goes on
    `,
    `
    FROM a:1
    RUN ["yum", "install", "x"]
                ~~~~~~~~~ "yum install" asks before it goes on
    RUN <<EOF
    yum update
        ~~~~~~ "yum update" asks before it goes on
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN yum install x
    `,
      after: `
    FROM a:1
    RUN yum install -y x
    `,
    },
  ],
});
