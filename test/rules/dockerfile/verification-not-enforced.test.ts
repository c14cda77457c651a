import rule from "../../../src/rules/dockerfile/verification-not-enforced.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN sha256sum -c s && x
    RUN set -e; sha256sum -c s; x
    RUN gpg --verify a.asc a || exit 1; x
    RUN gpg --verify a.asc a || { echo bad; exit 1; }; x
    RUN if sha256sum -c s; then x; fi
    RUN echo "00 a" | sha256sum -c -
    RUN echo "00 a" | sha256sum -c - && x
    RUN sha256sum -c s | grep OK
    RUN set -o pipefail; sha256sum -c s | tee log
    RUN ! sha256sum -c s; x
    RUN sha256sum a; x
    RUN sha256sum -c s || fetch-again
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
    RUN sha256sum -c s; x
    RUN sha256sum -c s | tee log
    RUN sha256sum -c s
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -O https://h/a && sha256sum -c s || true
                               ~~~~~~~~~ "|| true" hides the failure of "sha256sum"
    run echo "00 a" | sha256sum -c - ; x
                      ~~~~~~~~~ nothing asks for the result of "sha256sum"
    RUN gpg --batch --verify a.asc a || echo "not signed"
        ~~~ "|| echo" hides the failure of "gpg"
    `,
    `
    # ü
    FROM a:1
    RUN sha256sum -c s; \\
        ~~~~~~~~~ nothing asks for the result of "sha256sum"
      # note
      x
    RUN <<EOF
    cosign verify-blob --key k a
    ~~~~~~ nothing asks for the result of "cosign"
    install a /usr/bin
    sha512sum --check s | tee log
    ~~~~~~~~~ a pipe hides the failure of "sha512sum"
    EOF
    ONBUILD RUN rpm -K a.rpm || : && rpm -i a.rpm
                ~~~ "|| :" hides the failure of "rpm"
    RUN ["sh", "-c", "sha256sum -c s; x"]
                      ~~~~~~~~~ nothing asks for the result of "sha256sum"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN sha256sum -c s || true
      RUN sha256sum -c s; x
      RUN sha256sum -c s ; \\
          x
      `,
      after: `
      FROM a:1
      RUN sha256sum -c s
      RUN sha256sum -c s && x
      RUN sha256sum -c s && \\
          x
      `,
    },
  ],
});
