import rule from "../../../src/rules/dockerfile/and-or-as-if.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN a && b
    `,
    `
    FROM a:1
    RUN a || b
    `,
    `
    FROM a:1
    RUN a && b || true
    `,
    `
    FROM a:1
    RUN a && echo b || c
    `,
    `
    FROM a:1
    RUN a && b || exit 1
    `,
    `
    FROM a:1
    RUN if a && b || c; then d; fi
    `,
    `
    FROM a:1
    RUN (a && b) || c
    `,
    `
    FROM a:1
    RUN { a && b; } || c
    `,
    `
    FROM a:1
    RUN a || b && c
    `,
    `
    FROM a:1
    ONBUILD RUN a && b || c
    `,
    `
    FROM a:1
    RUN echo 'a && b || c'
    `,
  ],
  found: [
    `
    FROM a:1
    RUN a && b || c
                  ~ "c" runs when "b" fails, too
    `,
    `
    FROM a:1
    RUN a && b | c || d
                      ~ "d" runs when "c" fails, too
    `,
    `
    FROM a:1
    RUN x=$(a && b || c) && sh -c 'd && e || f'
                                             ~ "f" runs when "e" fails, too
    `,
    `
    FROM a:1
    RUN <<EOF
    [ -f a ] && b || sudo c
                     ~~~~ "sudo" runs when "b" fails, too
    EOF
    `,
  ],
});
