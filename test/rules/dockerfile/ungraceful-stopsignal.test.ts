import rule from "../../../src/rules/dockerfile/ungraceful-stopsignal.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    STOPSIGNAL SIGTERM
    STOPSIGNAL 3
    STOPSIGNAL $S
    STOPSIGNAL KILLED
    `,
  ],
  found: [
    `
    FROM a:1
    STOPSIGNAL SIGKILL
               ~~~~~~~ "SIGKILL" ends no program in an orderly way
    STOPSIGNAL 19
               ~~ "SIGSTOP" ends no program in an orderly way
    # é
    stopsignal \\
      kill
      ~~~~ "SIGKILL" ends no program in an orderly way
    ARG S=SEGV
    ONBUILD STOPSIGNAL $S
                       ~~ "SIGSEGV" ends no program in an orderly way
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    STOPSIGNAL 9
    `,
      after: `
    FROM a:1
    STOPSIGNAL SIGTERM
    `,
    },
  ],
});
