import rule from "../../../src/rules/dockerfile/export-hides-exit-status.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN X=$(a) && export X
    `,
    `
    FROM a:1
    RUN export X=1
    `,
    `
    FROM a:1
    RUN export X=$Y
    `,
    `
    FROM a:1
    RUN export X
    `,
    `
    FROM a:1
    RUN X=$(a) b
    `,
    `
    FROM a:1
    RUN export GNUPGHOME="$(pwd)" X=\`uname -m\`
    `,
    `
    FROM a:1
    ONBUILD RUN export X=$(a)
    `,
    `
    FROM a:1
    RUN echo 'export X=$(a)'
    `,
  ],
  found: [
    `
    FROM a:1
    RUN export D="$(mktemp -d)" && a
               ~~~~~~~~~~~~~~~~ "export" hides the status of the command that "D" is taken from
    `,
    `
    FROM a:1
    RUN export X=$(a) && b
               ~~~~~~ "export" hides the status of the command that "X" is taken from
    `,
    `
    FROM a:1
    RUN export X="b$(a)" Y=\`c\`
               ~~~~~~~~~ "export" hides the status of the command that "X" is taken from
                         ~~~~~ "export" hides the status of the command that "Y" is taken from
    `,
    `
    FROM a:1
    RUN f() { local é=1; local x=$(a); }; f
                               ~~~~~~ "local" hides the status of the command that "x" is taken from
    RUN a && \\
      # why
      export V="$(b)" && \\
             ~~~~~~~~ "export" hides the status of the command that "V" is taken from
      c
    RUN <<EOF
    set -e
    declare -r X=$(a)
               ~~~~~~ "declare" hides the status of the command that "X" is taken from
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN a && export X=$(b) && c
    `,
      after: `
    FROM a:1
    RUN a && X=$(b) && export X && c
    `,
    },
    {
      before: `
    FROM a:1
    RUN <<EOF
    export X="$(a b)"
    c
    EOF
    `,
      after: `
    FROM a:1
    RUN <<EOF
    X="$(a b)" && export X
    c
    EOF
    `,
    },
  ],
});
