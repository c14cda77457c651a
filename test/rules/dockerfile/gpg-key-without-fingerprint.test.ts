import rule from "../../../src/rules/dockerfile/gpg-key-without-fingerprint.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY k.asc /etc/apt/keyrings/
    RUN gpg --import k.asc
    RUN curl -o k https://h/k && gpg --show-keys --with-colons k | grep -q 14AA40EC0831756756D7F66C4F4EA0AAE5267A6C && gpg --import k
    RUN curl -o k2 https://h/k && echo "00 k2" | sha256sum -c && gpg --import k2
    RUN curl -o x https://h/x && tar xf x
    RUN gpg --recv-keys $KEY
    RUN curl http://localhost/k | gpg --import
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -fsSL https://h/k | gpg --dearmor -o /etc/apt/keyrings/k.gpg
                   ~~~~~~~~~~~ key from "https://h/k" is trusted as it comes
    run wget -qO- https://h/k | apt-key add -
                  ~~~~~~~~~~~ key from "https://h/k" is trusted as it comes
    RUN curl -o /etc/apt/keyrings/k.asc https://h/k
                                        ~~~~~~~~~~~ key from "https://h/k" is trusted as it comes
    `,
    `
    # ü
    FROM a:1
    RUN wget https://h/a.key \\
             ~~~~~~~~~~~~~~~ key from "https://h/a.key" is trusted as it comes
      # note
      -O /tmp/a.key
    ONBUILD RUN curl https://h/c | gpg --import
                     ~~~~~~~~~~~ key from "https://h/c" is trusted as it comes
    RUN <<EOF
    gpg --import /tmp/a.key
    curl https://h/b | sudo tee /x | gpg --import
         ~~~~~~~~~~~ key from "https://h/b" is trusted as it comes
    EOF
    `,
  ],
});
