import rule from "../../../src/rules/dockerfile/deprecated-maintainer.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL org.opencontainers.image.authors=x
    `,
  ],
  found: [
    `
    FROM a:1
    MAINTAINER Web Team <web@example.com>
    ~~~~~~~~~~ "MAINTAINER" is deprecated
    `,
    `
    FROM a:1
    maintainer ü
    ~~~~~~~~~~ "maintainer" is deprecated
    MAINTAINER b
    ~~~~~~~~~~ "MAINTAINER" is deprecated
    `,
  ],
});
