import rule from "../../../src/rules/dockerfile/harmless-pipe-without-pipefail.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    // Of this pipe-without-pipefail speaks.
    `
    FROM a:1
    RUN curl -f x | tar x
    `,
    `
    FROM debian:12
    SHELL ["/bin/bash", "-o", "pipefail", "-c"]
    RUN echo a | tee /b
    `,
    `
    FROM alpine:3.22
    RUN set -o pipefail && echo a | tee /b
    RUN echo 'a | b' || c
    ONBUILD RUN echo a | tee /b
    CMD echo a | tee /b
    `,
  ],
  found: [
    `
    FROM a:1
    RUN echo é | chpasswd
        ~~~~ the shell is not told of pipefail
    run if x | grep y; then z; fi
           ~ the shell is not told of pipefail
    RUN <<EOF
    yes | a
    ~~~ the shell is not told of pipefail
    EOF
    `,
  ],
});
