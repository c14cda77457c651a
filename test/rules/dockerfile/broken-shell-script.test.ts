import rule from "../../../src/rules/dockerfile/broken-shell-script.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN if [ -f /a ]; then b; fi
    `,
    `
    FROM a:1
    RUN echo 'a “b” c' "d ’ e"
    `,
    `
    FROM a:1
    RUN [ -f a ] && [[ -f b ]]
    `,
    `
    FROM a:1
    RUN x=1 y==z.filter a
    `,
    `
    FROM a:1
    RUN echo "\${a[1]}" '$b[1]' \\$c[1]
    `,
    `
    FROM a:1
    RUN find . -exec rm {} \\;
    `,
    `
    FROM a:1
    RUN for i in 1 2; do a; done
    `,
    `
    FROM a:1
    ONBUILD RUN if a
    `,
    `
    FROM a:1
    RUN ["if", "a"]
    `,
    `
    FROM a:1
    SHELL ["pwsh", "-Command"]
    RUN if (a) { b }
    `,
    `
    FROM a:1
    RUN <<EOF
    #!/usr/bin/env python3
    if x:
      y()
    EOF
    `,
    `
    FROM a:1
    RUN test a = b
    `,
    `
    FROM a:1
    RUN a() { b; }; a
    `,
  ],
  found: [
    `
    FROM a:1
    RUN if [ -f /a ]; then rm /a
                                ^ the shell cannot read on here: expected 'fi' to close 'if'
    `,
    `
    FROM a:1
    RUN echo "a
             ^ the shell cannot read on here: unterminated double quote
    `,
    `
    FROM a:1
    RUN echo “a”
             ~ a typographic quote or blank is part of the word
    `,
    `
    FROM a:1
    RUN [-f /a ] && b
        ~~~ there is no blank behind "[" in "[-f"
    `,
    `
    FROM a:1
    RUN $x=1 && b
        ~~~~ "$x" is assigned to: the name has no "$" there
    `,
    `
    FROM a:1
    RUN x = 1
          ~ blanks around "=" make "x" a command
    `,
    `
    FROM a:1
    RUN If a
        ~~ "If" is no keyword: the shell knows small letters only
    `,
    `
    FROM a:1
    RUN echo "$a[1]"
              ~~~~~ an element of "a" needs braces: "\${a[…]}"
    `,
    `
    FROM a:1
    RUN x==1
          ~~ "x" gets a value that begins with "="
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/c a && \\
      # é
      for i in 1 2; do b
                        ^ the shell cannot read on here: expected 'done' to close 'for'
    RUN <<EOF
    while a; do
      b
    EOF
    ^ the shell cannot read on here: expected 'done' to close 'while'
    `,
    `
    FROM a:1
    RUN a & ; b
            ^ the shell cannot read on here: unexpected token ';'
    `,
    `
    FROM a:1
    RUN a && && b
            ^ the shell cannot read on here: expected command after '&&'
    `,
    `
    FROM a:1
    RUN (a
          ^ the shell cannot read on here: expected ')' to close subshell
    `,
    `
    FROM a:1
    RUN echo a)
              ^ the shell cannot read on here: unexpected token ')'
    `,
  ],
});
