import rule from "../../../src/rules/dockerfile/insecure-run-security.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --security=sandbox x
    `,
    `
    FROM a:1
    RUN x --security=insecure
    `,
    `
    FROM a:1
    RUN x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --security=insecure x
        ~~~~~~~~~~~~~~~~~~~ this RUN has all privileges of the builder
    `,
    `
    FROM a:1 AS b
    run --mount=type=cache,target=/c \\
      --security=insecure \\
      ~~~~~~~~~~~~~~~~~~~ this RUN has all privileges of the builder
      x
    ONBUILD RUN --security=insecure --network=none x
                ~~~~~~~~~~~~~~~~~~~ this RUN has all privileges of the builder
    FROM b
    `,
    `
    FROM a:1
    RUN --security=insecure <<EOF
        ~~~~~~~~~~~~~~~~~~~ this RUN has all privileges of the builder
    x
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN --security=insecure x
    `,
      after: `
    FROM a:1
    RUN x
    `,
    },
    {
      before: `
    FROM a:1
    RUN --mount=type=cache,target=/c \\
      --security=insecure \\
      x
    `,
      after: `
    FROM a:1
    RUN --mount=type=cache,target=/c \\
      x
    `,
    },
  ],
});
