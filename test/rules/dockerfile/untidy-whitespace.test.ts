import rule from "../../../src/rules/dockerfile/untidy-whitespace.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12

    # a
    RUN a   b \\
        && c
    `,
    "FROM debian:12\nRUN <<EOF\na  \n\n\n\nb\nEOF\n",
    "",
  ],
  found: [
    "FROM debian:12  \n              ~~ blanks stand at the end of the line\n",
    "FROM debian:12\n\n\n~>+2:1 several empty lines follow one another\n\nRUN a\n\n\n~>+1:1 several empty lines follow one another\n",
    "FROM debian:12\nRUN a\n     ^ the file does not end with a line end",
    'FROM debian:12\n  RUN\t a \\ \n~~ "RUN" is indented\n     ~~ more than one blank follows "RUN"\n          ~ blanks stand at the end of the line\n  && é\n',
    `
    FROM debian:12
    RUN   a
       ~~~ more than one blank follows "RUN"
    `,
  ],
  fixed: [
    {
      before: "  FROM   debian:12 \n\n\n\n# x\t\nRUN a \\  \n  b\n\n\n\nCMD a",
      after: "FROM debian:12\n\n# x\nRUN a \\\n  b\n\nCMD a\n",
    },
  ],
});
