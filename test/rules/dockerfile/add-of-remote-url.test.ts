import rule from "../../../src/rules/dockerfile/add-of-remote-url.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    ADD app.tar /app/
    COPY https://example.com/x /
    `,
    `
    FROM debian:12
    ADD https://github.com/moby/moby.git#v1 /src
    ADD git@github.com:moby/moby.git /src
    `,
    `
    FROM debian:12
    ADD $URL /app/
    RUN curl https://example.com/x
    `,
    `
    FROM debian:12
    ADD <<EOF /https://example.com
    https://example.com/x
    EOF
    `,
  ],
  found: [
    `
    FROM debian:12
    ADD https://example.com/app.tar http://user:secret@example.com/b?token=secret /app/
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://example.com/app.tar" is fetched into the image
                                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/b" is fetched into the image
    `,
    `
    FROM debian:12
    add --chmod=644 \\
      # é
      https://example.com/é /app/
      ~~~~~~~~~~~~~~~~~~~~~ "https://example.com/é" is fetched into the image
    ONBUILD ADD ["https://example.com/x", "/app/"]
                 ~~~~~~~~~~~~~~~~~~~~~~~ "https://example.com/x" is fetched into the image
    `,
    `
    # With a checksum it is a note.
    FROM debian:12
    ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/x /
                                                                                           ~~~~~~~~~~~~~~~~~~~~~ "https://example.com/x" is fetched into the image
    `,
    `
    FROM debian:12
    ARG V=1
    ADD https://example.com/$V/x /
        ~~~~~~~~~~~~~~~~~~~~~~~~ "https://example.com/1/x" is fetched into the image
    `,
  ],
});
