import rule from "../../../src/rules/dockerfile/checksum-from-same-origin.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -O https://h.org/a.tgz && echo "00  a.tgz" | sha256sum -c -
    RUN curl -O https://h.org/a.tgz && curl -O https://other.org/SHA256SUMS && sha256sum -c SHA256SUMS
    RUN curl -O https://h.org/a && curl -O https://h.org/SHA256SUMS && gpg --verify s.asc SHA256SUMS && sha256sum -c SHA256SUMS
    RUN curl -O https://h.org/SHA256SUMS && sha256sum -c SHA256SUMS
    RUN curl -O https://h.org/a && curl -O https://h.org/a.sha256
    RUN curl -O $A/a && curl -O $B/a.sha256 && sha256sum -c a.sha256
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -O https://h.org/a.tgz && curl -O https://h.org/a.tgz.sha256 && sha256sum -c a.tgz.sha256
                                               ~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://h.org/a.tgz.sha256" comes from the server of what it checks
    run wget https://h.org/$V/a.tgz https://h.org/$V/SHASUMS256.txt && grep a.tgz SHASUMS256.txt | sha256sum -c -
                                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://h.org/$V/SHASUMS256.txt" comes from the server of what it checks
    RUN wget $BASE/a.tgz $BASE/checksums.txt; shasum -a 256 --check checksums.txt
                         ~~~~~~~~~~~~~~~~~~~ "$BASE/checksums.txt" comes from the server of what it checks
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN curl -o a https://h.org/a \\
      # note
      && echo "$(curl -s https://h.org/a.sha512)  a" | sha512sum -c
                         ~~~~~~~~~~~~~~~~~~~~~~ "https://h.org/a.sha512" comes from the server of what it checks
    RUN <<EOF
    wget https://h.org/a https://h.org/md5sums
                         ~~~~~~~~~~~~~~~~~~~~~ "https://h.org/md5sums" comes from the server of what it checks
    [ "$(md5sum a | cut -c1-32)" = "$(cat md5sums)" ]
    EOF
    `,
  ],
});
