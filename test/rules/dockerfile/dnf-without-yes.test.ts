import rule from "../../../src/rules/dockerfile/dnf-without-yes.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN dnf install -y x
    `,
    `
    FROM a:1
    RUN microdnf -y install x
    `,
    `
    FROM a:1
    RUN dnf --assumeyes in x
    `,
    `
    FROM a:1
    RUN dnf clean all
    `,
    `
    FROM a:1
    RUN dnf install -qy x && microdnf install $FLAGS x && echo y | dnf in x
    `,
    `
    FROM a:1
    RUN sed -i '$aassumeyes=True' /etc/dnf/dnf.conf
    RUN dnf install x
    `,
    `
    FROM a:1
    RUN dnf config-manager --save --setopt=assumeyes=True
    RUN dnf install x
    `,
    `
    FROM a:1
    RUN yum install x && dnf makecache
    `,
  ],
  found: [
    `
    FROM a:1
    RUN dnf install x
            ~~~~~~~ "dnf install" asks before it goes on
    `,
    `
    FROM a:1
    RUN microdnf install x && tdnf install y
                 ~~~~~~~ "microdnf install" asks before it goes on
                                   ~~~~~~~ "tdnf install" asks before it goes on
    `,
    `
    FROM a:1
    RUN sudo dnf --nodocs \\
      # é
      in x && dnf groupinstall y && dnf5 reinstall z
      ~~ "dnf in" asks before it goes on
                  ~~~~~~~~~~~~ "dnf groupinstall" asks before it goes on
                                         ~~~~~~~~~ "dnf5 reinstall" asks before it goes on
    `,
    `
    FROM a:1
    RUN ["microdnf", "install", "x"]
                     ~~~~~~~~~ "microdnf install" asks before it goes on
    ONBUILD RUN tdnf install x
                     ~~~~~~~ "tdnf install" asks before it goes on
    RUN <<EOF
    dnf localinstall x.rpm
        ~~~~~~~~~~~~ "dnf localinstall" asks before it goes on
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN dnf install x
    `,
      after: `
    FROM a:1
    RUN dnf install -y x
    `,
    },
  ],
});
