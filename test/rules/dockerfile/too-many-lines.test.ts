import rule from "../../../src/rules/dockerfile/too-many-lines.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN make
    `,
  ],
  found: [],
  withOptions: [
    {
      options: { max: 2 },
      clean: [
        `
    # a comment

    FROM debian:12

    # another
    RUN make
    `,
      ],
      found: [
        `
    FROM debian:12
    RUN make \\
      # é
      && make install
    ~~~~~~~~~~~~~~~~~ the file has 4 lines, more than 2
    CMD x
    `,
      ],
    },
    {
      options: { max: 2, skipBlank: false, skipComments: false },
      clean: [
        `
    FROM debian:12
    RUN make
    `,
      ],
      found: [
        `
    # a comment
    FROM debian:12

    ^ the file has 4 lines, more than 2
    RUN x
    `,
      ],
    },
  ],
});
