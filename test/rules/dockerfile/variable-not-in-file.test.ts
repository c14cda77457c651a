import rule from "../../../src/rules/dockerfile/variable-not-in-file.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG FOO
    COPY $FOO $FOOO \${X:-y} /
    `,
    `
    FROM scratch
    COPY $X /
    `,
    `
    FROM a:1 AS b
    ARG X=y
    FROM b
    COPY $X /
    `,
  ],
  found: [
    `
    FROM a:1 AS b
    # é
    FROM b
    copy x \\
      $HOME/y
      ~~~~~ nothing in this file sets "HOME"; perhaps "a:1" does
    `,
  ],
});
