import rule from "../../../src/rules/dockerfile/multiple-entrypoint.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENTRYPOINT ["a"]
    CMD ["b"]
    `,
    `
    FROM a:1 AS x
    ENTRYPOINT a
    FROM x
    ENTRYPOINT b
    `,
    `
    FROM a:1
    ONBUILD ENTRYPOINT a
    ENTRYPOINT b
    `,
  ],
  found: [
    `
    FROM a:1
    ENTRYPOINT ["/myapp"]
    ~~~~~~~~~~ "ENTRYPOINT" is replaced by a later one of this stage
    ENTRYPOINT ["/myotherapp"]
    ---------- related: the one that counts
    CMD ["/myapp"]
    `,
    `
    FROM a:1
    entrypoint a \\
    ~~~~~~~~~~ "entrypoint" is replaced by a later one of this stage
      # note
      ü
    COPY <<EOF /a.txt
    ENTRYPOINT x
    EOF
    ENTRYPOINT b
    ~~~~~~~~~~ "ENTRYPOINT" is replaced by a later one of this stage
    ENTRYPOINT c
    ---------- related: the one that counts
    ---------- related: the one that counts
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      ENTRYPOINT a
        ENTRYPOINT b
      ENTRYPOINT c
      `,
      after: `
      FROM a:1
      ENTRYPOINT c
      `,
    },
  ],
});
