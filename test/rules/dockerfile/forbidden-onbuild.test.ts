import rule from "../../../src/rules/dockerfile/forbidden-onbuild.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ONBUILD RUN x
    `,
    `
    FROM a:1
    ONBUILD COPY --from=b a a
    `,
  ],
  found: [
    `
    FROM a:1
    ONBUILD FROM b
            ~~~~ "FROM" cannot be triggered
    `,
    `
    FROM a:1
    onbuild maintainer x
            ~~~~~~~~~~ "maintainer" cannot be triggered
    ONBUILD ONBUILD RUN x
            ~~~~~~~ "ONBUILD" cannot be triggered
    `,
  ],
});
