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
    RUN cd /app
    `,
    `
    FROM a:1
    RUN pushd /app && make
    `,
    `
    FROM a:1
    RUN ["cd", "/app"]
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
  ],
});
