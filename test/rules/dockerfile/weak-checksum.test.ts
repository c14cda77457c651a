import rule from "../../../src/rules/dockerfile/weak-checksum.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -O https://h/a && echo "00  a" | sha256sum -c
    RUN curl -O https://h/a && md5sum a > key
    RUN curl -O https://h/a && echo "0 a" | sha1sum -c && echo "00 a" | sha512sum -c
    RUN curl -O https://h/a && shasum -a 256 -c sums
    RUN curl -O https://h/a && openssl dgst -sha256 a
    RUN wget https://h/a && echo "0 a" | md5sum -c && gpg --verify a.asc a
    `,
    `
    FROM a:1
    COPY a /a
    RUN echo "0 a" | md5sum -c
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -O https://h/a && echo "0  a" | md5sum -c -
                                             ~~~~~~ MD5 is the only check of a download
    run wget https://h/a && shasum -c a.sha1
                            ~~~~~~ SHA-1 is the only check of a download
    RUN wget https://h/a && [ "$(sha1sum a | cut -d' ' -f1)" = "00" ]
                                 ~~~~~~~ SHA-1 is the only check of a download
    `,
    `
    # ü
    FROM a:1
    ADD https://h/a /a
    ONBUILD RUN echo "0 /a" | \\
      # note
      sha1sum --check
      ~~~~~~~ SHA-1 is the only check of a download
    RUN <<EOF
    test "$(openssl dgst -md5 /a)" = x
            ~~~~~~~ MD5 is the only check of a download
    EOF
    RUN ["md5sum", "-c", "sums"]
         ~~~~~~~~ MD5 is the only check of a download
    `,
  ],
});
