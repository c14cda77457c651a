import rule from "../../../src/rules/dockerfile/pipe-without-pipefail.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    SHELL ["/bin/bash", "-o", "pipefail", "-c"]
    RUN curl a | sh
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]
    RUN curl a | sh
    `,
    `
    FROM a:1
    RUN set -eo pipefail && curl a | sh
    `,
    `
    FROM a:1
    RUN curl a || true
    `,
    `
    FROM a:1
    RUN echo a | tee b
    `,
    `
    FROM a:1
    RUN if curl a | grep b; then c; fi
    `,
    `
    FROM a:1
    RUN echo $(curl a | head)
    `,
    `
    FROM a:1
    RUN echo 'a | b'
    `,
    `
    FROM a:1
    RUN ["bash", "-o", "pipefail", "-c", "curl a | sh"]
    `,
    `
    FROM a:1
    ONBUILD RUN curl a | sh
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN a | b
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl a | sh
        ~~~~ status of "curl" is lost in a pipe
    `,
    `
    FROM a:1
    RUN set -e; curl a |& tee b | c
                ~~~~ status of "curl" is lost in a pipe
    `,
    `
    FROM a:1
    RUN <<EOF
    curl a | sh
    ~~~~ status of "curl" is lost in a pipe
    wget b | sh
    EOF
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    RUN cat a | \\
        ~~~ status of "cat" is lost in a pipe
      b
    `,
  ],
});
