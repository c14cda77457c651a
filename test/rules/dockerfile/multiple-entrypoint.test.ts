import rule from "../../../src/rules/dockerfile/multiple-entrypoint.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENTRYPOINT ["a"]
    `,
    `
    FROM a:1
    ENTRYPOINT ["a"]
    FROM b:1
    ENTRYPOINT ["b"]
    `,
  ],
  found: [
    `
    FROM a:1
    ENTRYPOINT ["a"]
    ~~~~~~~~~~ "ENTRYPOINT" is replaced by a later one of this stage
    ENTRYPOINT ["b"]
    ---------- related: the one that counts
    `,
  ],
});
