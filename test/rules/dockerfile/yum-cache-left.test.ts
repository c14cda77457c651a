import rule from "../../../src/rules/dockerfile/yum-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN yum install -y x && yum clean all
    `,
    `
    FROM a:1
    RUN yum install -y x && rm -rf /var/cache/yum
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/yum yum install -y x
    `,
    `
    FROM a:1
    RUN yum update
    `,
  ],
  found: [
    `
    FROM a:1
    RUN yum install -y x
            ~~~~~~~ no "yum clean all" follows "yum install"
    `,
    `
    FROM a:1
    RUN yum clean all && yum -y install x && \\
      yum -y install y
             ~~~~~~~ no "yum clean all" follows "yum install"
    RUN yum clean all
    `,
  ],
});
