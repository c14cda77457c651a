import rule from "../../../src/rules/dockerfile/uppercase-directive.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    # syntax=docker/dockerfile:1
    # escape=\\
    FROM debian:12
    `,
    `
    FROM debian:12
    # SYNTAX=docker/dockerfile:1
    `,
    `
    # a comment
    # Syntax=docker/dockerfile:1
    FROM debian:12
    `,
    `
    # Version=1
    FROM debian:12
    `,
  ],
  found: [
    `
    # Syntax=docker/dockerfile:1
      ~~~~~~ directive "Syntax" is not in lower case
    #ESCAPE = \`
     ~~~~~~ directive "ESCAPE" is not in lower case
    FROM debian:12
    `,
    `
    #   Check=skip=all
        ~~~~~ directive "Check" is not in lower case
    FROM debian:12
    `,
  ],
  fixed: [
    {
      before: `
      # Syntax=docker/dockerfile:1
      FROM debian:12
      `,
      after: `
      # syntax=docker/dockerfile:1
      FROM debian:12
      `,
    },
  ],
});
