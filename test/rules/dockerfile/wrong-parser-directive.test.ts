import rule from "../../../src/rules/dockerfile/wrong-parser-directive.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    # syntax=docker/dockerfile:1
    # escape=\`
    # check=skip=all
    FROM a:1
    `,
    `
    # a comment
    # name=value
    # synthax error is not one
    FROM a:1
    # escape=\`
    # check=skip=X
    RUN x
    `,
    `
    FROM a:1
    # syntax=docker/dockerfile:1
    `,
  ],
  found: [
    `
    # snytax=docker/dockerfile:1
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "snytax" is no directive; "syntax" is
    FROM a:1
    `,
    `
    # a comment
    # syntax=docker/dockerfile:1
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "syntax" is a comment here: it does not stand at the top
    FROM a:1
    `,
    `
    # escape=x
    ~~~~~~~~~~ invalid escape token 'x' does not match \` or \\
    FROM a:1
    `,
    `
    # é

    # escape=\`
    ~~~~~~~~~~ "escape" is a comment here: it does not stand at the top
    # chekc=skip=all
    ~~~~~~~~~~~~~~~~ "chekc" is no directive; "check" is
    from a:1
    `,
    `
    # syntax=docker/dockerfile:1
    # syntax=docker/dockerfile:1.4
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ only one syntax parser directive can be used
    FROM a:1
    `,
  ],
  fixed: [
    {
      before: `
    # Snytax = docker/dockerfile:1
    FROM a:1
    `,
      after: `
    # syntax = docker/dockerfile:1
    FROM a:1
    `,
    },
  ],
});
