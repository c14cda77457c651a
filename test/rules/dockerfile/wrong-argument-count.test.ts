import rule from "../../../src/rules/dockerfile/wrong-argument-count.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS x
    COPY a b
    USER x
    WORKDIR /a b
    HEALTHCHECK NONE
    ARG A B
    STOPSIGNAL 1
    `,
  ],
  found: [
    `
    FROM a:1 AS
    ~~~~~~~~~~~ wrong number of arguments: FROM requires either one or three arguments
    COPY a
    ~~~~~~ wrong number of arguments: COPY requires at least two arguments, but only one was provided. Destination could not be determined
    `,
    `
    FROM a:1
    # é
    user a b
         ~~~ "USER" takes one argument
    HEALTHCHECK NONE \\
    ~~~~~~~~~~~~~~~~~~>+1:4 wrong number of arguments: HEALTHCHECK NONE takes no arguments
      x
    ONBUILD EXPOSE
            ~~~~~~ wrong number of arguments: EXPOSE requires at least one argument
    STOPSIGNAL
    ~~~~~~~~~~ wrong number of arguments: STOPSIGNAL requires exactly one argument
    ONBUILD
    ~~~~~~~ wrong number of arguments: ONBUILD requires at least one argument
    STOPSIGNAL 1 2
               ~~~ "STOPSIGNAL" takes one argument
    `,
  ],
});
