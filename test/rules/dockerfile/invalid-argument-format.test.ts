import rule from "../../../src/rules/dockerfile/invalid-argument-format.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    SHELL ["a"]
    VOLUME ["/a"]
    CMD []
    `,
  ],
  found: [
    `
    FROM a:1
    SHELL []
    ~~~~~~~~ argument of another form is wanted: SHELL requires at least one argument
    # é
    shell /bin/sh \\
    ~~~~~~~~~~~~~~~>+1:5 argument of another form is wanted: SHELL requires the arguments to be in JSON form
      -c
    CMD ["a", 1]
        ~~~~~~~~ argument of another form is wanted: when using JSON array syntax, arrays must be comprised of strings only
    ONBUILD VOLUME [""]
                    ~~ argument of another form is wanted: VOLUME specified can not be an empty string
    `,
  ],
});
