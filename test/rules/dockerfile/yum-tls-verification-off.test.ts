import rule from "../../../src/rules/dockerfile/yum-tls-verification-off.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN yum-config-manager --setopt=sslverify=1
    `,
    `
    FROM a:1
    RUN dnf config-manager --setopt=sslverify=true --save
    `,
    `
    FROM a:1
    RUN echo sslverify=0
    `,
    `
    FROM a:1
    RUN yum install -y sslverify
    `,
    `
    FROM a:1
    RUN echo sslverify=1 >> /etc/yum.conf
    `,
    `
    FROM a:1
    RUN yum-config-manager --setopt=sslverify=$V
    `,
    `
    FROM a:1
    RUN sed -i 's/sslverify=0/sslverify=1/' /etc/other
    `,
    `
    FROM a:1
    RUN sed -i 's/sslverify=0/sslverify=1/' /etc/yum.conf
    `,
  ],
  found: [
    `
    FROM a:1
    RUN yum-config-manager --setopt=sslverify=0
                           ~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN yum-config-manager --save --setopt="base.sslverify=False"
                                  ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN dnf config-manager --setopt sslverify=no --save
                                    ~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN dnf-config-manager --save --setopt=x.sslverify=No
                                  ~~~~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN yum -y --setopt=sslverify=false install x
               ~~~~~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN echo 'sslverify=0' >> /etc/yum.conf
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN sed -i 's/sslverify=1/sslverify=0/' /etc/yum.repos.d/a.repo
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN cat > /etc/yum.repos.d/x.repo <<EOF
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    [x]
    sslverify = 0
    EOF
    `,
    `
    FROM a:1
    COPY <<EOF /etc/yum.repos.d/x.repo
         ~~~~~ "sslverify" is off: no certificate is checked
    [x]
    sslverify=false
    EOF
    ONBUILD RUN dnf config-manager \\
      --setopt=sslverify=0
      ~~~~~~~~~~~~~~~~~~~~ "sslverify" is off: no certificate is checked
    `,
  ],
});
