import rule from "../../../src/rules/dockerfile/gpg-key-short-id.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN gpg --keyserver h --recv-keys 14AA40EC0831756756D7F66C4F4EA0AAE5267A6C
    RUN gpg --recv-keys "14AA 40EC 0831 7567 56D7  F66C 4F4E A0AA E526 7A6C"
    RUN gpg --recv-keys $KEY
    RUN for k in AAAAAAAA; do gpg --recv-keys "$k"; done
    RUN gpg --list-keys E5267A6C
    RUN gpg --import key.asc
    `,
  ],
  found: [
    `
    FROM a:1
    RUN gpg --keyserver h --recv-keys E5267A6C 0x4F4EA0AAE5267A6C
                                      ~~~~~~~~ "E5267A6C" is a part of a fingerprint
                                               ~~~~~~~~~~~~~~~~~~ "0x4F4EA0AAE5267A6C" is a part of a fingerprint
    run apt-key adv --keyserver h --recv E5267A6C
                                         ~~~~~~~~ "E5267A6C" is a part of a fingerprint
    `,
    `
    # ü
    ARG K=E5267A6C
    FROM a:1
    ARG K
    ONBUILD RUN gpg --batch \\
      # note
      --recv-key $K
                 ~~ "E5267A6C" is a part of a fingerprint
    RUN <<EOF
    gpg2 --receive-keys "E526 7A6C"
                        ~~~~~~~~~~~ "E526 7A6C" is a part of a fingerprint
    EOF
    RUN ["gpg", "--recv-keys", "E5267A6C"]
                               ~~~~~~~~~~ "E5267A6C" is a part of a fingerprint
    `,
  ],
});
