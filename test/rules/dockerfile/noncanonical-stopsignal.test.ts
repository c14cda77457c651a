import rule from "../../../src/rules/dockerfile/noncanonical-stopsignal.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    STOPSIGNAL SIGTERM
    `,
    `
    FROM debian:12
    STOPSIGNAL SIGRTMIN+3
    `,
    `
    FROM debian:12
    STOPSIGNAL $SIGNAL
    `,
    `
    FROM debian:12
    STOPSIGNAL SIGNONE
    `,
    `
    FROM debian:12
    STOPSIGNAL 64
    `,
  ],
  found: [
    `
    FROM debian:12
    STOPSIGNAL 15
               ~~ signal "15" is "SIGTERM"
    `,
    `
    FROM debian:12
    stopsignal sigquit
               ~~~~~~~ signal "sigquit" is "SIGQUIT"
    ONBUILD STOPSIGNAL INT
                       ~~~ signal "INT" is "SIGINT"
    `,
    `
    FROM debian:12
    STOPSIGNAL \\
      # é
      Kill
      ~~~~ signal "Kill" is "SIGKILL"
    `,
    `
    FROM debian:12
    STOPSIGNAL "9"
               ~~~ signal "9" is "SIGKILL"
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      # stop
      STOPSIGNAL 3
      `,
      after: `
      FROM debian:12
      # stop
      STOPSIGNAL SIGQUIT
      `,
    },
  ],
});
