import rule from "../../../src/rules/dockerfile/apk-allow-untrusted.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM alpine:3.22
    RUN apk add --no-cache curl
    `,
    `
    FROM alpine:3.22
    RUN echo apk add --allow-untrusted x
    `,
    `
    FROM alpine:3.22
    # apk add --allow-untrusted x
    CMD apk add --allow-untrusted x
    `,
  ],
  found: [
    `
    FROM alpine:3.22
    RUN apk --allow-untrusted add x && apk add --no-cache --allow-untrusted ./x.apk
            ~~~~~~~~~~~~~~~~~ "--allow-untrusted" takes packages that nobody signed
                                                          ~~~~~~~~~~~~~~~~~ "--allow-untrusted" takes packages that nobody signed
    `,
    `
    FROM alpine:3.22
    run apk add \\
      # é
      --allow-untrusted x
      ~~~~~~~~~~~~~~~~~ "--allow-untrusted" takes packages that nobody signed
    ONBUILD RUN sudo apk add --allow-untrusted y
                             ~~~~~~~~~~~~~~~~~ "--allow-untrusted" takes packages that nobody signed
    `,
    `
    FROM alpine:3.22
    RUN ["apk", "add", "--allow-untrusted", "x"]
                       ~~~~~~~~~~~~~~~~~~~ "--allow-untrusted" takes packages that nobody signed
    RUN <<EOF
    apk upgrade --allow-untrusted
                ~~~~~~~~~~~~~~~~~ "--allow-untrusted" takes packages that nobody signed
    EOF
    `,
    `
    # Of a verified file it is a note.
    FROM alpine:3.22
    RUN wget -q https://example.com/x.apk && echo "abc  x.apk" | sha256sum -c - && apk add --allow-untrusted x.apk
                                                                                           ~~~~~~~~~~~~~~~~~ "--allow-untrusted" takes packages that nobody signed
    `,
  ],
});
