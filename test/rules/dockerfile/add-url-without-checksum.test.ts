import rule from "../../../src/rules/dockerfile/add-url-without-checksum.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ADD --checksum=sha256:00 https://example.org/x /x
    `,
    `
    FROM a:1
    ADD https://github.com/moby/buildkit.git#v0.14.1 /src
    ADD git@github.com:moby/buildkit.git /src
    ADD app.tar.gz /x/
    COPY https:/x /y
    `,
    `
    FROM a:1
    ADD file:///x /y
    ADD $URL /x
    `,
  ],
  found: [
    `
    FROM a:1
    ADD https://example.org/x /x
        ~~~~~~~~~~~~~~~~~~~~~ nothing checks what "https://example.org/x" holds
    add http://example.org/y /y
        ~~~~~~~~~~~~~~~~~~~~ nothing checks what "http://example.org/y" holds
    `,
    `
    FROM a:1
    ADD https://example.org/x?token=abc https://user:pw@example.org/y local.txt /x/
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ nothing checks what "https://example.org/x" holds
                                        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ nothing checks what "https://example.org/y" holds
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    ADD \`
      # ü
      https://example.org/x c:/x
      ~~~~~~~~~~~~~~~~~~~~~ nothing checks what "https://example.org/x" holds
    `,
    `
    ARG V=1
    FROM a:1
    ARG V
    ONBUILD ADD ["https://example.org/a-$V.zip", "/x/"]
                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ nothing checks what "https://example.org/a-1.zip" holds
    ADD https://example.org/b-$UNKNOWN.zip /x/
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ nothing checks what "https://example.org/b-$UNKNOWN.zip" holds
    `,
  ],
});
