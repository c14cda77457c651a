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
    COPY a* /data
    `,
    `
    FROM a:1
    ADD a b C:\\\\data\\\\
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
  ],
});
