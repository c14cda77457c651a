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
    `
    FROM a:1 AS build
    RUN zypper in x
    FROM b:1
    `,
    `
    FROM a:1
    RUN --mount=type=tmpfs,dst=/var/cache zypper -n patch
    `,
    `
    FROM a:1
    RUN zypper -n install a && zypper -n install b && zypper clean --all
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
    `
    FROM a:1
    RUN zypper install
               ~~~~~~~ no "zypper clean" follows "zypper install"
    `,
    `
    FROM a:1
    RUN zypper -n rm x && rm -rf /var/cache/yum
                  ~~ no "zypper clean" follows "zypper rm"
    ONBUILD RUN zypper -n si \\
                          ~~ no "zypper clean" follows "zypper si"
      # é
      x
    `,
    `
    FROM a:1 AS base
    RUN zypper -n patch
                  ~~~~~ no "zypper clean" follows "zypper patch"
    FROM base
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN zypper -n install x
    `,
      after: `
    FROM a:1
    RUN zypper -n install x && zypper clean -a
    `,
    },
    {
      before: `
    FROM a:1
    RUN <<EOF
    zypper -n in x
    EOF
    `,
      after: `
    FROM a:1
    RUN <<EOF
    zypper -n in x
    zypper clean -a
    EOF
    `,
    },
  ],
});
