import rule from "../../../src/rules/dockerfile/bash-syntax-in-sh.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    SHELL ["/bin/bash", "-c"]
    RUN [[ a ]] && source x
    `,
    `
    FROM debian:12
    RUN bash -c '[[ a ]]' && echo '[[ {1..3} $x ]]' "{1..3}" && [ a ] && . x
    RUN ["bash", "-c", "source x"]
    RUN <<EOF
    #!/bin/bash
    source x
    EOF
    RUN echo \${X:-a} \${X#b} $((1 + 2)) $(a) >x 2>&1
    `,
    `
    FROM fedora:42
    RUN source x
    `,
    `
    FROM alpine:3
    RUN [[ a ]] && source x && echo \${X//a/b}
    `,
    `
    FROM $BASE
    RUN [[ a ]]
    `,
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    RUN echo {1..3}
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN [[ -f a ]] && source x
        ~~ "[[" is syntax of bash, and "sh" reads it
    RUN source x
        ~~~~~~ "source" is a command of bash, and "sh" reads it
    `,
    `
    FROM alpine:3
    RUN a=(1 2) && echo {1..3}
        ~~~~~~~ "array" is syntax of bash, and "sh" reads it
    `,
    `
    FROM node:22
    # é
    run x && \\
      curl x &> /dev/null
             ~~~~~~~~~~~~ "&>" is syntax of bash, and "sh" reads it
    RUN echo \${X//a/b}
             ~~~~~~~~~ "\${x//a/b}" is syntax of bash, and "sh" reads it
    RUN diff <(a) <(b)
             ~~~~ "<( )" is syntax of bash, and "sh" reads it
    RUN printf $'a\\n' | cat
               ~~~~~~ "$'…'" is syntax of bash, and "sh" reads it
    RUN function f { a; }
        ~~~~~~~~ "function" is syntax of bash, and "sh" reads it
    CMD cat <<< x
            ~~~~~ "<<<" is syntax of bash, and "sh" reads it
    RUN <<EOF
    x
    pushd /a
    ~~~~~ "pushd" is a command of bash, and "sh" reads it
    EOF
    ONBUILD RUN echo \${X^^} \${!Y}
                     ~~~~~~ "\${x^}" is syntax of bash, and "sh" reads it
    `,
  ],
  fixed: [
    {
      before: `
    FROM debian:12
    # x
    RUN source x
    RUN source y
    `,
      after: `
    FROM debian:12
    SHELL ["/bin/bash", "-c"]
    # x
    RUN source x
    RUN source y
    `,
    },
  ],
});
