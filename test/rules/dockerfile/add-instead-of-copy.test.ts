import rule from "../../../src/rules/dockerfile/add-instead-of-copy.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY a b
    `,
    `
    FROM a:1
    ADD https://example.com/a /a
    `,
    `
    FROM a:1
    ADD a.tar.gz /a/
    `,
    `
    FROM a:1
    ADD $X /a
    `,
    `
    FROM a:1
    ADD git@example.com:a/b.git /a
    `,
  ],
  found: [
    `
    FROM a:1
    ADD a b
    ~~~ "ADD" of "a" does no more than "COPY"
    `,
    `
    FROM a:1
    add --chown=1:1 a \\
    ~~~ "add" of "a" does no more than "COPY"
      b /c/
    `,
    `
    FROM a:1
    ONBUILD ADD ["a", "b"]
            ~~~ "ADD" of "a" does no more than "COPY"
    `,
  ],
});
