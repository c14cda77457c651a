import rule from "../../../src/rules/dockerfile/invalid-stopsignal.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    STOPSIGNAL SIGTERM
    STOPSIGNAL quit
    STOPSIGNAL 15
    STOPSIGNAL SIGRTMIN+3
    STOPSIGNAL RTMAX-14
    STOPSIGNAL $S
    ARG T=SIGINT
    STOPSIGNAL \${T}
    `,
    `
    FROM a:1
    STOPSIGNAL
    `,
  ],
  found: [
    `
    FROM a:1
    STOPSIGNAL SIGTREM
               ~~~~~~~ "SIGTREM" is no signal
    STOPSIGNAL 65
               ~~ "65" is no signal
    # é
    stopsignal \\
      SIGRTMIN+16
      ~~~~~~~~~~~ "SIGRTMIN+16" is no signal
    ONBUILD STOPSIGNAL 0
                       ~ "0" is no signal
    ARG S=x
    STOPSIGNAL $S
               ~~ "x" is no signal
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    STOPSIGNAL SIGTREM
    STOPSIGNAL qiut
    `,
      after: `
    FROM a:1
    STOPSIGNAL SIGTERM
    STOPSIGNAL SIGQUIT
    `,
    },
  ],
});
