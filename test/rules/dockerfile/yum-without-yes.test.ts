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
  ],
});
