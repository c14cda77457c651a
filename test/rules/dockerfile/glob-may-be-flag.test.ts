import rule from "../../../src/rules/dockerfile/glob-may-be-flag.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN rm ./*
    `,
    `
    FROM a:1
    RUN rm -- *
    `,
    `
    FROM a:1
    RUN echo *
    `,
    `
    FROM a:1
    RUN [ -f *.x ]
    `,
    `
    FROM a:1
    RUN rm a*
    `,
    `
    FROM a:1
    RUN find . -name *.x
    `,
    `
    FROM a:1
    RUN rm '*'
    `,
    `
    FROM a:1
    RUN rm /a/*
    `,
    `
    FROM a:1
    ONBUILD RUN rm *
    `,
  ],
  found: [
    `
    FROM a:1
    RUN rm -rf *
               ~ a name that "*" gives may begin with "-"
    `,
    `
    FROM a:1
    RUN sudo chmod 644 *.conf ?.x
                       ~~~~~~ a name that "*.conf" gives may begin with "-"
                              ~~~ a name that "?.x" gives may begin with "-"
    `,
    `
    FROM a:1
    RUN cd /é && \\
      # why
      tar cf /a.tar * && sh -c 'cat *.b'
                    ~ a name that "*" gives may begin with "-"
                                    ~~~ a name that "*.b" gives may begin with "-"
    RUN <<EOF
    cp *.a /b
       ~~~ a name that "*.a" gives may begin with "-"
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN rm -rf * && tar cf /x *
    `,
      after: `
    FROM a:1
    RUN rm -rf ./* && tar cf /x ./*
    `,
    },
  ],
});
