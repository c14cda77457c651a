import rule from "../../../src/rules/dockerfile/unpinned-zypper-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN zypper install -y curl=8.6.0 'bash>=5' "zsh<6" 'git>2' vim\\<=9
    `,
    `
    FROM a:1
    RUN zypper -n in -t pattern devel_basis && zypper in pattern:base && zypper install --type patch x
    `,
    `
    FROM a:1
    RUN zypper install -y ./x.rpm https://example.com/y.rpm $PACKAGES
    `,
    `
    FROM a:1
    RUN zypper refresh && zypper --non-interactive update
    `,
  ],
  found: [
    `
    FROM a:1
    RUN zypper --non-interactive install --no-recommends curl bash=5
                                                         ~~~~ "curl" has no version
    `,
    `
    FROM a:1
    run zypper in -t package -y \\
      # é
      git
      ~~~ "git" has no version
    ONBUILD RUN zypper in -y vim
                             ~~~ "vim" has no version
    `,
    `
    FROM a:1
    RUN <<EOF
    zypper in -y a && zypper in -r repo b
                 ~ "a" has no version
                                        ~ "b" has no version
    EOF
    `,
  ],
});
