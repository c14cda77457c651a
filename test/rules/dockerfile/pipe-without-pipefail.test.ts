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
    `
    FROM a:1
    SHELL ["/usr/bin/bash", "--login", "-o", "pipefail", "-c"]
    RUN curl a | sh
    `,
    `
    FROM a:1 AS b
    SHELL ["zsh", "-o", "pipefail", "-c"]
    FROM b
    RUN curl a | sh
    `,
    `
    FROM alpine:3.22
    SHELL ["/bin/sh", "-eo", "pipefail", "-c"]
    RUN curl a | sh
    `,
    `
    FROM node:22-alpine AS b
    FROM b
    SHELL ["/bin/sh", "-o", "pipefail", "-c"]
    RUN curl a | sh
    `,
    `
    ARG BASE
    FROM $BASE
    SHELL ["/bin/sh", "-o", "pipefail", "-c"]
    RUN curl a | sh
    `,
    `
    FROM alpine:3.22
    SHELL ["/bin/ash", "-o", "pipefail", "-c"]
    RUN curl a | sh
    `,
    `
    FROM a:1
    RUN <<EOF
    #!/bin/bash -o pipefail
    curl a | sh
    EOF
    `,
    `
    FROM a:1
    RUN <<EOF
    set -euo pipefail
    curl a | sh
    EOF
    `,
    `
    FROM a:1
    SHELL ["pwsh", "-Command"]
    RUN a | b
    `,
    `
    FROM a:1
    RUN [ "$(find . | wc -l)" = 2 ] && [[ $(a | b) = c ]]
    `,
    `
    FROM a:1
    RUN printf x | tee a && yes | b && ! curl a | grep b
    `,
    `
    FROM a:1
    RUN echo "$(cat a | tr b c)  d" | sha256sum -c && sh -c 'a | b'
    `,
    `
    FROM a:1
    RUN while read l; do x; done < a && for i in $(a | b); do c; done
    `,
    `
    FROM a:1
    CMD a | b
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
    `
    FROM debian:12
    SHELL ["/bin/sh", "-o", "pipefail", "-c"]
    RUN curl a | sh
        ~~~~ status of "curl" is lost in a pipe
    `,
    `
    FROM a:1
    SHELL ["bash", "-o", "pipefail", "-c"]
    RUN a | b
    SHELL ["bash", "-c"]
    RUN a | b
        ~ status of "a" is lost in a pipe
    `,
    `
    FROM a:1 AS b
    SHELL ["bash", "-o", "pipefail", "-c"]
    FROM a:1
    RUN --mount=type=cache,target=/c \\
      # é
      sudo curl a | sh && b
           ~~~~ status of "curl" is lost in a pipe
    `,
    `
    FROM a:1
    RUN V=$(curl a | head -1) && echo $V
            ~~~~ status of "curl" is lost in a pipe
    RUN set -o pipefail; a | b; set +o pipefail; c | d
                                                 ~ status of "c" is lost in a pipe
    `,
    `
    FROM a:1
    RUN <<EOF
    #!/usr/bin/env bash
    set -e
    echo a | grep b | c
             ~~~~ status of "grep" is lost in a pipe
    EOF
    `,
    `
    FROM a:1
    RUN (set -o pipefail; a | b) && c | d || e
                                    ~ status of "c" is lost in a pipe
    `,
  ],
  fixed: [
    {
      before: `
    FROM debian:12
    # the tool
    RUN curl a | sh
    RUN curl b | sh
    `,
      after: `
    FROM debian:12
    SHELL ["/bin/bash", "-o", "pipefail", "-c"]
    # the tool
    RUN curl a | sh
    RUN curl b | sh
    `,
    },
    {
      before: `
    FROM alpine:3.22
    RUN curl a | sh
    `,
      after: `
    FROM alpine:3.22
    SHELL ["/bin/ash", "-o", "pipefail", "-c"]
    RUN curl a | sh
    `,
    },
  ],
});
