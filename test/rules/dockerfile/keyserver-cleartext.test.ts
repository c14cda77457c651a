import rule from "../../../src/rules/dockerfile/keyserver-cleartext.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN gpg --keyserver hkps://keys.openpgp.org --recv-keys A
    RUN gpg --keyserver https://h --recv-keys A
    RUN gpg --keyserver $SERVER --recv-keys A
    RUN gpg --keyserver localhost --recv-keys A
    RUN curl hkp://h
    `,
  ],
  found: [
    `
    FROM a:1
    RUN gpg --keyserver hkp://keyserver.ubuntu.com:80 --recv-keys A
                        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "hkp://keyserver.ubuntu.com:80" is asked without encryption
    run apt-key adv --keyserver=keyserver.ubuntu.com --recv-keys A
                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "keyserver.ubuntu.com" is asked without encryption
    RUN gpg --keyserver http://h.example --recv-keys A
                        ~~~~~~~~~~~~~~~~ "http://h.example" is asked without encryption
    `,
    `
    # ü
    ARG S=pool.sks-keyservers.net
    FROM a:1
    ARG S
    ONBUILD RUN gpg \\
      # note
      --keyserver "$S" --recv-keys A
                  ~~~~ "pool.sks-keyservers.net" is asked without encryption
    RUN <<EOF
    gpg2 --batch --keyserver keys.openpgp.org --recv-keys A
                             ~~~~~~~~~~~~~~~~ "keys.openpgp.org" is asked without encryption
    EOF
    RUN ["gpg", "--keyserver", "pgp.mit.edu", "--recv-keys", "A"]
                               ~~~~~~~~~~~~~ "pgp.mit.edu" is asked without encryption
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN gpg --keyserver hkp://p80.keyserver.ubuntu.com:80 --recv-keys A && gpg --keyserver keys.openpgp.org --recv-keys B
      RUN gpg --keyserver "pgp.mit.edu" --recv-keys A
      `,
      after: `
      FROM a:1
      RUN gpg --keyserver hkps://keyserver.ubuntu.com --recv-keys A && gpg --keyserver hkps://keys.openpgp.org --recv-keys B
      RUN gpg --keyserver "pgp.mit.edu" --recv-keys A
      `,
    },
  ],
});
