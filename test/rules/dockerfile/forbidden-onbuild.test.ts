import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import rule from "../../../src/rules/dockerfile/forbidden-onbuild.ts";
import { findingsOf, testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ONBUILD RUN x
    `,
    `
    FROM a:1
    ONBUILD ADD a b
    ONBUILD ARG A
    ONBUILD CMD a
    ONBUILD COPY a b
    ONBUILD ENTRYPOINT a
    ONBUILD ENV A=1
    ONBUILD EXPOSE 1
    ONBUILD HEALTHCHECK NONE
    ONBUILD LABEL a=b
    ONBUILD SHELL ["a"]
    ONBUILD STOPSIGNAL 9
    ONBUILD USER a
    ONBUILD VOLUME /a
    ONBUILD WORKDIR /a
    `,
    `
    FROM a:1
    RUN ONBUILD FROM b
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
    `
    FROM a:1
    ONBUILD COPY --from=b a a
                 ~~~~~~~~ older builders refuse "--from" in "ONBUILD"
    `,
    `
    FROM a:1
    OnBuild \\
      # é
      oNbUiLd RUN x
      ~~~~~~~ "oNbUiLd" cannot be triggered
    `,
  ],
});

test("what only old builders refuse is not as bad", () => {
  const source = "FROM a:1\nONBUILD COPY --from=b c d\nONBUILD FROM b\n";
  expect(findingsOf(rule, parseDockerfile(source)).map(({ severity }) => severity)).toEqual([
    "info",
    "high",
  ]);
});
