import rule from "../../../src/rules/dockerfile/duplicate-stage-name.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS build
    FROM b:1 AS build2
    `,
    `
    FROM a:1
    FROM a:1
    `,
    `
    FROM a:1 AS b
    FROM b
    `,
    `
    FROM build
    FROM a:1 AS build
    `,
  ],
  found: [
    `
    FROM a:1 AS build
                ----- related: first stage of this name
    FROM b:1 as Build
                ~~~~~ stage name "Build" is taken already
    `,
    `
    FROM a:1 AS x
                - related: first stage of this name
                - related: first stage of this name
    FROM b:1 AS y
    FROM c:1 AS x
                ~ stage name "x" is taken already
    FROM d:1 AS X
                ~ stage name "X" is taken already
    `,
    `
    # ü
    FROM a:1 AS x
                - related: first stage of this name
    from --platform=linux/amd64 b:1 \\
      # note
      aS x
         ~ stage name "x" is taken already
    `,
  ],
});
