import rule from "../../../src/rules/dockerfile/sourced-file-unknown.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo . x
    `,
    `
    FROM a:1
    RUN sh /x
    `,
    `
    FROM a:1
    ONBUILD RUN . /x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN . /etc/os-release
          ~~~~~~~~~~~~~~~ "/etc/os-release" is not read here
    `,
    `
    FROM a:1
    RUN source $F && a
               ~~ "$F" is known when it runs only
    `,
    `
    FROM a:1
    RUN a && \\
      # é
      . "$HOME/x"
        ~~~~~~~~~ "$HOME/x" is known when it runs only
    `,
  ],
});
