import rule from "../../../src/rules/dockerfile/zypper-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN zypper in -y x && zypper clean -a
    `,
    `
    FROM a:1
    RUN zypper -n install x && zypper cc
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/zypp zypper -n in x
    `,
    `
    FROM a:1
    RUN zypper -n in x && rm -rf /var/cache/zypp
    `,
    `
    FROM a:1
    RUN zypper refresh
    `,
  ],
  found: [
    `
    FROM a:1
    RUN zypper -n install x
                  ~~~~~~~ no "zypper clean" follows "zypper install"
    `,
    `
    FROM a:1
    RUN zypper clean && zypper in -y x
                               ~~ no "zypper clean" follows "zypper in"
    RUN zypper clean
    `,
  ],
});
