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
  ],
});
