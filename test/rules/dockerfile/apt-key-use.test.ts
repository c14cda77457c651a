import rule from "../../../src/rules/dockerfile/apt-key-use.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -o /etc/apt/keyrings/k.asc https://h/k
    RUN apt-key list && apt-key del 00
    RUN rm -f /etc/apt/trusted.gpg.d/x.gpg
    RUN chmod 644 /etc/apt/trusted.gpg.d/x.gpg
    RUN cp /etc/apt/trusted.gpg.d/x.gpg /etc/apt/keyrings/
    COPY k.asc /etc/apt/keyrings/
    COPY k.asc $D
    RUN apt-get install -y gnupg
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -fsSL https://h/k | apt-key add -
                                 ~~~~~~~ "apt-key" trusts a key for every repository
    run apt-key adv --keyserver hkps://h --recv-keys 00
        ~~~~~~~ "apt-key" trusts a key for every repository
    RUN curl https://h/k | gpg --dearmor -o /etc/apt/trusted.gpg.d/k.gpg
                                            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "/etc/apt/trusted.gpg.d/k.gpg" trusts a key for every repository
    ADD https://h/k /etc/apt/trusted.gpg.d/
                    ~~~~~~~~~~~~~~~~~~~~~~~ "/etc/apt/trusted.gpg.d/" trusts a key for every repository
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN curl https://h/k \\
      # note
      > /etc/apt/trusted.gpg.d/k.asc
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "/etc/apt/trusted.gpg.d/k.asc" trusts a key for every repository
    RUN <<EOF
    sudo apt-key add k
         ~~~~~~~ "apt-key" trusts a key for every repository
    gpg --keyring=/etc/apt/trusted.gpg.d/k.gpg --import k
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "--keyring=/etc/apt/trusted.gpg.d/k.gpg" trusts a key for every repository
    curl https://h/k | tee /etc/apt/trusted.gpg
                           ~~~~~~~~~~~~~~~~~~~~ "/etc/apt/trusted.gpg" trusts a key for every repository
    EOF
    RUN ["apt-key", "add", "k"]
         ~~~~~~~~~ "apt-key" trusts a key for every repository
    `,
  ],
});
