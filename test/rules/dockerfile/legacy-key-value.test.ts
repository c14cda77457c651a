import rule from "../../../src/rules/dockerfile/legacy-key-value.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV a=b c=d
    LABEL "a b"="c"
    ENV a="b c"
    `,
    `
    FROM a:1 AS a
    FROM a AS b
    ENV k v
    FROM a AS c
    `,
  ],
  found: [
    `
    FROM a:1
    ENV k v
        ~~~ "ENV k" gives its value behind a blank
    LABEL key value of it
          ~~~~~~~~~~~~~~~ "LABEL key" gives its value behind a blank
    `,
    `
    FROM a:1 AS b
    # é
    env k \\
        ~~~>+1:4 "ENV k" gives its value behind a blank
      v
    ONBUILD ENV k v=w
                ~~~~~ "ENV k" gives its value behind a blank
    FROM c:1
    COPY --from=b /a /a
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    ENV a b
    ENV a b  c $D # x
    LABEL a  "b c"
    ENV a 'b'
    ENV p a\\ b
    `,
      after: `
    FROM a:1
    ENV a=b
    ENV a="b  c $D # x"
    LABEL a="b c"
    ENV a='b'
    ENV p a\\ b
    `,
    },
  ],
});
