import rule from "../../../src/rules/dockerfile/distribution-upgrade.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get upgrade -y
    `,
    `
    FROM a:1
    RUN echo dist-upgrade
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get dist-upgrade -y
                ~~~~~~~~~~~~ "apt-get dist-upgrade" upgrades the whole distribution
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get -y dist-upgrade
                                     ~~~~~~~~~~~~ "apt-get dist-upgrade" upgrades the whole distribution
    `,
  ],
});
