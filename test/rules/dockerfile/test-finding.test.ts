import rule from "../../../src/rules/dockerfile/test-finding.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo '# tguard test-finding'
    `,
    `
    FROM a:1
    # tguard test-finding is a comment
    `,
  ],
  found: [
    `
    FROM a:1
    # tguard test-finding
    ~~~~~~~~~~~~~~~~~~~~~ this finding was asked for
    `,
    `
    FROM a:1
    RUN a \\
      # tguard test-finding
      ~~~~~~~~~~~~~~~~~~~~~ this finding was asked for
      é
    `,
  ],
  withOptions: [
    {
      options: { everywhere: true },
      clean: [],
      found: [
        `
    FROM a:1
    ~~~~ this finding was asked for
    RUN x
    `,
      ],
    },
  ],
});
