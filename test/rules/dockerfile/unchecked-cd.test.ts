import rule from "../../../src/rules/dockerfile/unchecked-cd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN cd a && b
    `,
    `
    FROM a:1
    RUN cd a || exit 1; b
    `,
    `
    FROM a:1
    RUN set -e; cd a; b
    `,
    `
    FROM a:1
    RUN a; cd b
    `,
    `
    FROM a:1
    RUN cd /; a
    `,
    `
    FROM a:1
    RUN if cd a; then b; fi
    `,
    `
    FROM a:1
    RUN (cd a && b); c
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-ec"]
    RUN cd a; b
    `,
    `
    FROM a:1
    ONBUILD RUN cd a; b
    `,
    `
    FROM a:1
    RUN echo cd a; b
    `,
    `
    FROM a:1
    RUN <<EOF
    set -eux
    cd a
    b
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    RUN cd a; b
        ~~ nothing stops the script when "cd" fails
    `,
    `
    FROM a:1
    RUN <<EOF
    cd /é
    ~~ nothing stops the script when "cd" fails
    make
    EOF
    `,
    `
    FROM a:1
    RUN mkdir a && cd a; \\
                   ~~ nothing stops the script when "cd" fails
      # why
      b; pushd c; d
         ~~~~~ nothing stops the script when "pushd" fails
    `,
    `
    FROM a:1
    RUN (cd a; b) && sh -c 'cd c; d'
                            ~~ nothing stops the script when "cd" fails
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN mkdir a && cd a; b
    `,
      after: `
    FROM a:1
    RUN mkdir a && cd a || exit 1; b
    `,
    },
    {
      before: `
    FROM a:1
    RUN <<EOF
    cd /a
    b
    EOF
    `,
      after: `
    FROM a:1
    RUN <<EOF
    cd /a || exit 1
    b
    EOF
    `,
    },
  ],
});
