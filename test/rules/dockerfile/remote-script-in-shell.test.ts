import rule from "../../../src/rules/dockerfile/remote-script-in-shell.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -fsSL https://example.com/x | tar xz && curl x | gunzip > y && curl x | jq . | tee z && curl x | tee install.sh
    `,
    `
    FROM a:1
    RUN curl -fsSLo x.sh https://example.com/x.sh && echo "abc  x.sh" | sha256sum -c && sh x.sh
    `,
    `
    FROM a:1
    RUN curl https://example.com/x.asc | gpg --verify - x && sh x
    `,
    `
    FROM a:1
    RUN curl https://example.com/x | gpg --decrypt | sh
    `,
    `
    FROM a:1
    RUN curl https://example.com/x.json | python3 -c 'import json' && curl x | python -m json.tool && curl x | perl -ne 'print' && curl x | node -e 1 && curl x | ruby -rjson -e 1
    `,
    `
    FROM a:1
    RUN curl x | sh -c 'cat > y' && curl x | bash local.sh && echo x | sh && cat x | bash
    `,
    `
    FROM a:1
    RUN bash -c "v=$(curl -s https://example.com/version) && echo $v" && V=$(curl x) && sh -c "echo $(curl x)" && sh "$(curl x)"
    `,
    `
    FROM a:1
    RUN diff <(curl x) y && grep "$(curl x)" y && python3 script.py <(curl x)
    `,
    `
    FROM a:1
    RUN curl x || sh y; curl x && sh y
    `,
    `
    FROM a:1
    RUN curl x | grep "$(bash y)"
    `,
  ],
  found: [
    `
    FROM a:1
    RUN (curl -fsSL https://example.com/x || wget -qO- https://example.com/y) | sh
         ~~~~ "sh" runs "https://example.com/x"
                                             ~~~~ "sh" runs "https://example.com/y"
    `,
    `
    FROM a:1
    RUN curl -fsSL https://example.com/install.sh | sh
        ~~~~ "sh" runs "https://example.com/install.sh"
    `,
    `
    FROM a:1
    RUN wget -qO- https://user:secret@example.com/x?token=secret | sudo -E bash -
        ~~~~ "bash" runs "https://example.com/x"
    `,
    `
    FROM a:1
    RUN curl x | sh -s -- -y && curl x | bash -x && curl x | python3 - && curl x | perl && curl x | bash -s stable
        ~~~~ "sh" runs what "curl" downloads
                                ~~~~ "bash" runs what "curl" downloads
                                                    ~~~~ "python3" runs what "curl" downloads
                                                                          ~~~~ "perl" runs what "curl" downloads
                                                                                           ~~~~ "bash" runs what "curl" downloads
    `,
    `
    FROM a:1
    RUN sh -c "$(curl -fsSL https://example.com/x)" && bash <(curl x) a && eval "$(wget -O- x)" && . <(curl x) && source <(curl y)
                 ~~~~ "sh" runs "https://example.com/x"
                                                              ~~~~ "bash" runs what "curl" downloads
                                                                                   ~~~~ "eval" runs what "wget" downloads
                                                                                                       ~~~~ "." runs what "curl" downloads
                                                                                                                           ~~~~ "source" runs what "curl" downloads
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    run sh -c "\`curl x\`" && bash <<< "$(curl y)" && python3 <(curl z) && bash < <(curl q)
                ~~~~ "sh" runs what "curl" downloads
                                        ~~~~ "bash" runs what "curl" downloads
                                                              ~~~~ "python3" runs what "curl" downloads
                                                                                  ~~~~ "bash" runs what "curl" downloads
    `,
    `
    FROM a:1
    RUN curl x \\
        ~~~~ "sh" runs what "curl" downloads
      # é
      | gunzip | tee copy | env A=b sh && curl $URL | (cd /tmp && zsh)
                                          ~~~~ "zsh" runs what "curl" downloads
    ONBUILD RUN curl x | bash
                ~~~~ "bash" runs what "curl" downloads
    `,
    `
    FROM a:1
    RUN ["sh", "-c", "curl https://example.com/x | bash"]
                      ~~~~ "bash" runs "https://example.com/x"
    RUN <<EOF
    curl https://example.com/a | bash
    ~~~~ "bash" runs "https://example.com/a"
    EOF
    `,
  ],
});
