import rule from "../../../src/rules/dockerfile/commands-joined-by-semicolon.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN a && b || c
    RUN set -e; a; b
    RUN if a; then b; fi; c
    RUN for i in a; do b; c; done
    RUN echo a; b
    RUN { a; b; }
    RUN a || true; b
    RUN ["a", ";", "b"]
    RUN case a in a) b; c;; esac
    RUN bash -c 'a; b'
    RUN echo 'a; b'
    RUN <<EOF
    set -e
    a
    b
    EOF
    `,
    `
    FROM a:1
    SHELL ["/bin/sh", "-ec"]
    RUN a; b
    `,
  ],
  found: [
    `
    FROM a:1
    RUN a; b; c
        ~ nothing sees when "a" fails
    # é
    run a x \\
        ~ nothing sees when "a" fails
      ; sudo b
    RUN <<EOF
    a
    ~ nothing sees when "a" fails
    b
    EOF
    ONBUILD RUN cd /a ; make
                ~~ nothing sees when "cd" fails
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN a x ; \\
        b; c
    `,
      after: `
    FROM a:1
    RUN a x && \\
        b; c
    `,
    },
  ],
});
