import rule from "../../../src/rules/dockerfile/download-unpacked-by-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -fsSL https://x/a.tar.gz -o a.tar.gz && echo 'x  a.tar.gz' | sha256sum -c && tar xzf a.tar.gz
    `,
    `
    FROM a:1
    RUN curl https://x/a.sh | sh
    `,
    `
    FROM a:1
    RUN curl -O https://x/a.tar.gz
    `,
    `
    FROM a:1
    RUN wget https://x/a.tar.gz && tar czf a.tar.gz b
    `,
    `
    FROM a:1
    RUN curl $URL | tar xz
    `,
    `
    FROM a:1
    RUN echo curl https://x/a.tar.gz | tar xz
    `,
    `
    FROM a:1
    RUN curl -o a.tar.gz https://x/a.tar.gz && gpg --verify a.asc a.tar.gz && tar xf a.tar.gz
    `,
    `
    FROM a:1
    RUN curl https://x/a.tar.gz | sha256sum
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -fsSL https://x/a.tar.gz | tar -xz -C /opt
                   ~~~~~~~~~~~~~~~~~~ "a.tar.gz" is downloaded and unpacked, and nothing checks it
    `,
    `
    FROM a:1
    RUN wget -qO- https://x/a.tgz?b=c | sudo tar xz
                  ~~~~~~~~~~~~~~~~~~~ "a.tgz?b=c" is downloaded and unpacked, and nothing checks it
    `,
    `
    FROM a:1
    RUN curl -O https://x/a.tar.gz && tar xf a.tar.gz
                ~~~~~~~~~~~~~~~~~~ "a.tar.gz" is downloaded and unpacked, and nothing checks it
    `,
    `
    FROM a:1
    RUN wget https://x/v$V/a-$V.tar.xz && \\
             ~~~~~~~~~~~~~~~~~~~~~~~~~ "a-$V.tar.xz" is downloaded and unpacked, and nothing checks it
        # é
        tar xf a-$V.tar.xz && \\
        curl -Lo /tmp/b.tar.gz https://x/y.tar.gz; tar -zxf /tmp/b.tar.gz
                               ~~~~~~~~~~~~~~~~~~ "y.tar.gz" is downloaded and unpacked, and nothing checks it
    `,
    `
    FROM a:1
    ONBUILD RUN curl https://x/a.tar.gz | tar xz
                     ~~~~~~~~~~~~~~~~~~ "a.tar.gz" is downloaded and unpacked, and nothing checks it
    RUN <<EOF
    wget -O a.gz https://x/b.gz
                 ~~~~~~~~~~~~~~ "b.gz" is downloaded and unpacked, and nothing checks it
    gunzip a.gz
    EOF
    `,
  ],
});
