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
    `
    FROM a:1
    RUN zypper -nq rm x && zypper install -ly x && yes | zypper in x && zypper $ZYPPER_OPTS in x
    `,
    `
    FROM a:1
    RUN zypper refresh && zypper addrepo x y
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
    `
    FROM a:1
    RUN zypper -y install x && zypper install -n x
                  ~~~~~~~ "zypper install" asks before it goes on
                                      ~~~~~~~ "zypper install" asks before it goes on
    `,
    `
    FROM a:1
    RUN sudo zypper \\
      # é
      --gpg-auto-import-keys source-install x
                             ~~~~~~~~~~~~~~ "zypper source-install" asks before it goes on
    ONBUILD RUN zypper patch
                       ~~~~~ "zypper patch" asks before it goes on
    `,
    `
    FROM a:1
    RUN ["zypper", "si", "x"]
                   ~~~~ "zypper si" asks before it goes on
    RUN <<EOF
    zypper remove x
           ~~~~~~ "zypper remove" asks before it goes on
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN zypper install x
    `,
      after: `
    FROM a:1
    RUN zypper -n install x
    `,
    },
  ],
});
