import rule from "../../../src/rules/dockerfile/malformed-key-value.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV a=b c="d e" 'f'=g
    ENV a b
    LABEL a=
    ARG X
    `,
  ],
  found: [
    `
    FROM a:1
    ENV a=b c
            ~ pair of "ENV" has no "="
    LABEL =x
          ~~ pair of "LABEL" has no name
    # é
    env a=b \\
      c="d
        ~~ pair of "ENV" has a quote that is not closed
    ONBUILD LABEL a=b c = d
                      ~ pair of "LABEL" has no "="
                        ~ pair of "LABEL" has no name
                          ~ pair of "LABEL" has no "="
    ARG =x
        ~~ pair of "ARG" has no name
    `,
  ],
});
