import rule from "../../../src/rules/dockerfile/echo-with-escapes.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo -e 'a\\nb'
    `,
    `
    FROM a:1
    RUN printf 'a\\nb'
    `,
    `
    FROM a:1
    RUN echo 'a b'
    `,
    `
    FROM debian:12
    RUN echo 'a\\nb'
    `,
    `
    FROM a:1
    SHELL ["/bin/dash", "-c"]
    RUN echo "a\\tb"
    `,
    `
    FROM a:1
    RUN echo 'a\\\\nb'
    `,
    `
    FROM a:1
    RUN echo 'a\\.b'
    `,
    `
    FROM a:1
    ONBUILD RUN echo "a\\nb"
    `,
  ],
  found: [
    `
    FROM a:1
    RUN echo "a\\nb" > c
             ~~~~~~ "echo" prints this as the shell of the image reads escapes
    `,
    `
    FROM a:1
    RUN echo 'a\\tb' c\\\\x41
             ~~~~~~ "echo" prints this as the shell of the image reads escapes
    `,
    `
    FROM debian:12
    SHELL ["/bin/bash", "-c"]
    RUN a && \\
      # é
      sudo echo "\\033[1m"
                ~~~~~~~~~ "echo" prints this as the shell of the image reads escapes
    `,
    `
    FROM alpine:3.22
    RUN <<EOF
    echo "a\\nb"
         ~~~~~~ "echo" prints this as the shell of the image reads escapes
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN echo "a\\nb" >> c
    `,
      after: `
    FROM a:1
    RUN printf '%b\\n' "a\\nb" >> c
    `,
    },
  ],
});
