import rule from "../../../src/rules/dockerfile/empty-continuation-line.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN a \\
      # c
      b

    RUN <<EOF
    a \\

    b
    EOF
    `,
  ],
  found: [
    `
    FROM scratch
    # warning: empty continuation line
    COPY Dockerfile \\
    ---- related: the instruction begins here

    ^ empty line inside of "COPY"
    .
    COPY Dockerfile \\
    .
    `,
    `
    FROM a:1
    # é
    run a \\
    --- related: the instruction begins here
      
      b \\


    ^ empty line inside of "RUN"
      c
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN a \\

      b \\
      # c

      c
    `,
      after: `
    FROM a:1
    RUN a \\
      b \\
      # c
      c
    `,
    },
  ],
});
