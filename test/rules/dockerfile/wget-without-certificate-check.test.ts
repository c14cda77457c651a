import rule from "../../../src/rules/dockerfile/wget-without-certificate-check.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN wget https://x
    `,
    `
    FROM a:1
    RUN wget -O --no-check-certificate https://x
    `,
    `
    FROM a:1
    RUN echo wget --no-check-certificate
    `,
    `
    FROM a:1
    RUN wget --no-check-certificate https://localhost:8443
    `,
    `
    FROM a:1
    RUN wget -e robots=off https://x
    `,
    `
    FROM a:1
    RUN wget --no-cache https://x
    `,
    `
    FROM a:1
    RUN echo check_certificate = on > /etc/wgetrc
    `,
  ],
  found: [
    `
    FROM a:1
    RUN wget --no-check-certificate https://x
             ~~~~~~~~~~~~~~~~~~~~~~ "wget" checks no certificate
    `,
    `
    FROM a:1
    RUN wget -q --no-check-cert https://x
                ~~~~~~~~~~~~~~~ "wget" checks no certificate
    `,
    `
    FROM a:1
    RUN wget -e check_certificate=off https://x
             ~~ "wget" checks no certificate
    `,
    `
    FROM a:1
    RUN wget --check-certificate=off https://x
             ~~~~~~~~~~~~~~~~~~~~~~~ "wget" checks no certificate
    `,
    `
    FROM a:1
    RUN echo 'check_certificate = off' >> ~/.wgetrc
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "wget" checks no certificate
    `,
    `
    FROM a:1
    RUN sudo wget -qO- \\
        # é
        --no-check-certificate https://x | tar xz && wget --no-check-certificate $Y
        ~~~~~~~~~~~~~~~~~~~~~~ "wget" checks no certificate
                                                          ~~~~~~~~~~~~~~~~~~~~~~ "wget" checks no certificate
    `,
    `
    FROM a:1
    ONBUILD RUN wget --no-check-certificate https://x
                     ~~~~~~~~~~~~~~~~~~~~~~ "wget" checks no certificate
    `,
    `
    FROM a:1
    RUN ["wget", "--no-check-certificate", "https://x"]
                 ~~~~~~~~~~~~~~~~~~~~~~~~ "wget" checks no certificate
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN wget --no-check-certificate https://x
    `,
      after: `
    FROM a:1
    RUN wget https://x
    `,
    },
    {
      before: `
    FROM a:1
    RUN wget -q https://x \\
          --no-check-certificate && \\
        a
    `,
      after: `
    FROM a:1
    RUN wget -q https://x && \\
        a
    `,
    },
  ],
});
