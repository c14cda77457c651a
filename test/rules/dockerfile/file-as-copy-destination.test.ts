import rule from "../../../src/rules/dockerfile/file-as-copy-destination.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY a b /data/
    `,
    `
    FROM a:1
    COPY a /data
    `,
    `
    FROM a:1
    COPY a b .
    `,
    `
    FROM a:1
    COPY ["a", "b", "/data/"]
    `,
    `
    FROM a:1
    COPY --from=0 a b $DIR
    `,
    `
    FROM a:1
    ADD a b C:\\\\data\\\\
    `,
    `
    FROM a:1
    COPY a b ./
    COPY a b ..
    COPY a b /x/.
    `,
    `
    FROM a:1
    ARG DIR=/data
    COPY a b $DIR
    COPY a b "\${DIR}"
    COPY a b /x/$UNKNOWN
    `,
    `
    FROM a:1
    COPY --exclude=*.md --chmod=644 a /data
    `,
    `
    FROM a:1
    ADD https://example.com/?a=* /data
    `,
    `
    FROM a:1
    COPY ["a", "b", "/data\\\\"]
    `,
    `
    FROM a:1
    COPY a* /data/
    `,
  ],
  found: [
    `
    FROM a:1
    COPY a b /data
             ~~~~~ 2 sources are copied to "/data", which does not end with "/"
    `,
    `
    FROM a:1
    add --chown=1:1 a \\
      b c /data
          ~~~~~ 3 sources are copied to "/data", which does not end with "/"
    `,
    `
    FROM a:1
    COPY ["a", "b", "/data"]
                    ~~~~~~~ 2 sources are copied to "/data", which does not end with "/"
    `,
    `
    FROM a:1
    ONBUILD COPY a b /data
                     ~~~~~ 2 sources are copied to "/data", which does not end with "/"
    `,
    `
    FROM a:1
    COPY <<A <<B /data
                 ~~~~~ 2 sources are copied to "/data", which does not end with "/"
    1
    A
    2
    B
    `,
    `
    FROM a:1
    COPY a* /data
            ~~~~~ all that "a*" matches is copied to "/data", which does not end with "/"
    COPY ["src/[ab]", "data"]
                      ~~~~~~ all that "src/[ab]" matches is copied to "data", which does not end with "/"
    `,
    `
    FROM a:1
    ARG D=/data
    COPY a b $D/x
             ~~~~ 2 sources are copied to "$D/x", which does not end with "/"
    `,
    `
    FROM a:1
    COPY a \\
      # é
      b /data
        ~~~~~ 2 sources are copied to "/data", which does not end with "/"
    `,
    `
    FROM a:1
    COPY a b $UNKNOWN/data
             ~~~~~~~~~~~~~ 2 sources are copied to "$UNKNOWN/data", which does not end with "/"
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    COPY a b /data
    `,
      after: `
    FROM a:1
    COPY a b /data/
    `,
    },
    {
      before: `
    FROM a:1
    ADD ["a", "b", "/data"]
    `,
      after: `
    FROM a:1
    ADD ["a", "b", "/data/"]
    `,
    },
    {
      before: `
    FROM a:1
    COPY a b '/data'
    `,
      after: `
    FROM a:1
    COPY a b '/data/'
    `,
    },
  ],
});
