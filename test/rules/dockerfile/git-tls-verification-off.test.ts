import rule from "../../../src/rules/dockerfile/git-tls-verification-off.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG GIT_SSL_NO_VERIFY
    `,
    `
    FROM a:1
    RUN git config --global http.sslVerify true
    `,
    `
    FROM a:1
    RUN git -c http.sslVerify=true clone https://x
    `,
    `
    FROM a:1
    RUN git config --get http.sslVerify
    `,
    `
    FROM a:1
    RUN git config --global --unset http.sslVerify
    `,
    `
    FROM a:1
    RUN git config --global http.sslVerify $V
    `,
    `
    FROM a:1
    RUN git config --global http.sslCAInfo false
    `,
    `
    FROM a:1
    RUN echo git config http.sslVerify false
    `,
    `
    FROM a:1
    RUN unset GIT_SSL_NO_VERIFY
    `,
  ],
  found: [
    `
    FROM a:1
    ENV GIT_SSL_NO_VERIFY=0
        ~~~~~~~~~~~~~~~~~~~ "GIT_SSL_NO_VERIFY" is set: no certificate is checked
    `,
    `
    FROM a:1
    ENV GIT_SSL_NO_VERIFY $X
        ~~~~~~~~~~~~~~~~~~~~ "GIT_SSL_NO_VERIFY" is set: no certificate is checked
    `,
    `
    FROM a:1
    ARG GIT_SSL_NO_VERIFY=1
        ~~~~~~~~~~~~~~~~~~~ "GIT_SSL_NO_VERIFY" is set: no certificate is checked
    `,
    `
    FROM a:1
    RUN GIT_SSL_NO_VERIFY=true git clone https://x
        ~~~~~~~~~~~~~~~~~~~~~~ "GIT_SSL_NO_VERIFY" is set: no certificate is checked
    `,
    `
    FROM a:1
    RUN git -c http.sslVerify=false clone https://x
               ~~~~~~~~~~~~~~~~~~~~ "http.sslVerify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN git config --global http.sslverify 'false' && git config --system http.https://x.y.sslVerify 0
                            ~~~~~~~~~~~~~~ "http.sslVerify" is off: no certificate is checked
                                                                          ~~~~~~~~~~~~~~~~~~~~~~~~~~ "http.sslVerify" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN git config set --global HTTP.SSLVERIFY no
                                ~~~~~~~~~~~~~~ "http.sslVerify" is off: no certificate is checked
    `,
    `
    FROM a:1
    ONBUILD RUN git \\
      -c http.sslVerify=false \\
         ~~~~~~~~~~~~~~~~~~~~ "http.sslVerify" is off: no certificate is checked
      clone https://x
    `,
    `
    FROM a:1
    RUN <<EOF
    git config --global http.sslVerify false
                        ~~~~~~~~~~~~~~ "http.sslVerify" is off: no certificate is checked
    export GIT_SSL_NO_VERIFY=
           ~~~~~~~~~~~~~~~~~~ "GIT_SSL_NO_VERIFY" is set: no certificate is checked
    EOF
    `,
  ],
});
