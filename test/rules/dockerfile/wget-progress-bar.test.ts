import rule from "../../../src/rules/dockerfile/wget-progress-bar.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN wget --progress=dot:giga https://example.com/a && wget -q https://example.com/a && wget -qO- https://example.com/a
    `,
    `
    FROM debian:12
    RUN wget -nv x && wget --no-verbose x && wget --quiet x && wget -o log x && wget --append-output=log x && wget -nvc x
    `,
    `
    FROM debian:12
    RUN wget x 2>/dev/null && wget x > /dev/null 2> log && wget x &> log
    `,
    `
    FROM debian:12
    RUN apt-get install -y wget && wget --version && wget $WGET_OPTS x
    `,
    `
    FROM debian:12
    HEALTHCHECK CMD wget --spider http://localhost/
    `,
    `
    FROM debian:12
    RUN curl -O https://example.com/a
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN wget https://example.com/a && wget -O b https://example.com/b
        ~~~~ "wget" shows its progress
                                      ~~~~ "wget" shows its progress
    `,
    `
    FROM alpine:3.22
    run wget x | tar x
        ~~~~ "wget" shows its progress
    `,
    `
    FROM $BASE
    RUN sudo wget -c \\
             ~~~~ "wget" shows its progress
      # é
      x
    ONBUILD RUN wget x 2>&1
                ~~~~ "wget" shows its progress
    `,
    `
    FROM debian:12
    RUN ["wget", "x"]
         ~~~~~~ "wget" shows its progress
    RUN <<EOF
    cd /tmp
    wget x
    ~~~~ "wget" shows its progress
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM node:22-alpine
      RUN wget https://example.com/a \\
        && true
      `,
      after: `
      FROM node:22-alpine
      RUN wget -q https://example.com/a \\
        && true
      `,
    },
    {
      before: `
      FROM debian:12
      RUN set -e; wget -O a https://example.com/a; sudo wget b
      `,
      after: `
      FROM debian:12
      RUN set -e; wget --progress=dot:giga -O a https://example.com/a; sudo wget --progress=dot:giga b
      `,
    },
  ],
});
