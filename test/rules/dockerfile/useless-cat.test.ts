import rule from "../../../src/rules/dockerfile/useless-cat.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN cat a b | c
    `,
    `
    FROM a:1
    RUN cat - | c
    `,
    `
    FROM a:1
    RUN cat *.x | c
    `,
    `
    FROM a:1
    RUN cat $x | c
    `,
    `
    FROM a:1
    RUN cat a
    `,
    `
    FROM a:1
    RUN cat -n a | b
    `,
    `
    FROM a:1
    RUN a | cat b | c
    `,
    `
    FROM a:1
    RUN echo 'cat a | b'
    `,
    `
    FROM a:1
    RUN cat < a | b
    `,
    `
    FROM a:1
    RUN sudo cat a | b
    `,
  ],
  found: [
    `
    FROM a:1
    RUN cat a | b
        ~~~ "cat" does no more than "<"
    `,
    `
    FROM a:1
    RUN cat "$x" | b c > d && e
        ~~~ "cat" does no more than "<"
    `,
    `
    FROM a:1
    RUN a; cat é \\
           ~~~ "cat" does no more than "<"
      # why
      | sudo b | c
    `,
    `
    FROM a:1
    RUN x=$(cat a | b) && sh -c 'cat c | d'
            ~~~ "cat" does no more than "<"
                                 ~~~ "cat" does no more than "<"
    `,
    `
    FROM a:1
    RUN <<EOF
    cat a | while read l; do b; done
    ~~~ "cat" does no more than "<"
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN cat a | b -c 2>&1 | d
    `,
      after: `
    FROM a:1
    RUN b -c 2>&1 < a | d
    `,
    },
    {
      before: `
    FROM a:1
    RUN <<EOF
    cat "a b" | sudo b
    EOF
    `,
      after: `
    FROM a:1
    RUN <<EOF
    sudo b < "a b"
    EOF
    `,
    },
  ],
});
