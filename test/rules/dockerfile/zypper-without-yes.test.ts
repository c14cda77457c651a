import rule from "../../../src/rules/dockerfile/zypper-without-yes.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN zypper -n install x
    `,
    `
    FROM a:1
    RUN zypper --non-interactive in x
    `,
    `
    FROM a:1
    RUN zypper in -y x
    `,
    `
    FROM a:1
    RUN zypper install --no-confirm x
    `,
    `
    FROM a:1
    RUN zypper clean
    `,
  ],
  found: [
    `
    FROM a:1
    RUN zypper install x
               ~~~~~~~ "zypper install" asks before it goes on
    `,
    `
    FROM a:1
    RUN zypper in x && zypper rm y
               ~~ "zypper in" asks before it goes on
                              ~~ "zypper rm" asks before it goes on
    `,
  ],
});
