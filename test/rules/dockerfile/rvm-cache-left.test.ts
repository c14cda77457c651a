import rule from "../../../src/rules/dockerfile/rvm-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN rvm install 3.4 && rvm cleanup all
    `,
    `
    FROM a:1
    RUN rvm use 3.4
    `,
    `
    FROM a:1
    RUN echo rvm install 3
    `,
    `
    FROM a:1 AS b
    RUN rvm install 3
    FROM c:1
    `,
  ],
  found: [
    `
    FROM a:1
    RUN rvm install 3.4
            ~~~~~~~ nothing cleans behind "rvm install"
    `,
    `
    FROM a:1
    RUN /bin/bash -l -c "rvm install 3.4 && gem install x"
                             ~~~~~~~ nothing cleans behind "rvm install"
    `,
    `
    FROM a:1
    RUN rvm cleanup all && rvm reinstall 3.4
                               ~~~~~~~~~ nothing cleans behind "rvm reinstall"
    `,
    `
    FROM a:1
    ONBUILD RUN rvm \\
      # é
      install 3
      ~~~~~~~ nothing cleans behind "rvm install"
    RUN <<EOF
    rvm install 3
        ~~~~~~~ nothing cleans behind "rvm install"
    rvm cleanup sources
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN rvm install 3.4
    `,
      after: `
    FROM a:1
    RUN rvm install 3.4 && rvm cleanup all
    `,
    },
  ],
});
