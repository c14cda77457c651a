import rule from "../../../src/rules/dockerfile/cd-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    WORKDIR /app
    RUN npm ci
    `,
    `
    FROM a:1
    RUN make && cd /app && ls
    `,
    `
    FROM a:1
    RUN (cd /app && ls) && make
    `,
    `
    FROM a:1
    RUN cd $DIR && make
    `,
    `
    FROM a:1
    RUN cd - && make
    `,
    `
    FROM a:1
    ONBUILD RUN cd /app && make
    `,
    `
    FROM a:1
    RUN pushd /app && make
    `,
    `
    FROM a:1
    RUN ["cd", "/app"]
    `,
    `
    FROM a:1
    RUN cd && make
    `,
    `
    FROM a:1
    RUN cd ~/src && make
    `,
    `
    FROM a:1
    ARG D=/src
    RUN cd $D && make
    `,
    `
    FROM a:1
    RUN if x; then cd /a; fi
    `,
    `
    FROM a:1
    RUN cd "$(dirname x)" && make
    `,
    `
    FROM a:1
    CMD cd /a && sed b
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN cd C:\\a && b
    `,
  ],
  found: [
    `
    FROM a:1
    RUN cd /app && npm ci
        ~~~~~~~ build step begins with "cd /app"
    `,
    `
    FROM a:1
    run cd build; make
        ~~~~~~~~ build step begins with "cd build"
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/c \\
      # why
      cd /é && make
      ~~~~~ build step begins with "cd /é"
    `,
    `
    FROM a:1
    RUN <<EOF
    cd /app
    ~~~~~~~ build step begins with "cd /app"
    make
    EOF
    `,
    `
    FROM a:1
    RUN cd /usr/share/nginx/html
        ~~~~~~~~~~~~~~~~~~~~~~~~ build step begins with "cd /usr/share/nginx/html"
    `,
    `
    FROM a:1
    RUN cd 'a b' || exit 1
        ~~~~~~~~ build step begins with "cd a b"
    `,
    `
    FROM a:1
    RUN cd .. && make
        ~~~~~ build step begins with "cd .."
    RUN cd /x && make
        ~~~~~ build step begins with "cd /x"
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    WORKDIR /srv
    RUN cd /app && make \\
        && make install
    RUN x
    `,
      after: `
    FROM a:1
    WORKDIR /srv
    WORKDIR /app
    RUN make \\
        && make install
    WORKDIR /srv
    RUN x
    `,
    },
  ],
});
