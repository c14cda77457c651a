import rule from "../../../src/rules/dockerfile/unsupported-variable-modifier.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV A=\${X:-a}\${X:+b}\${X-c}\${X+d}\${X#e}\${X##f}\${X%g}\${X%%h}\${X/i/j}\${X//k/l}\${X?m}\${X:?n}
    RUN echo \${X,,}
    `,
  ],
  found: [
    `
    FROM a:1
    ENV A=\${X,,}
          ~~~~~~ operator "," is not known to the builder
    # é
    copy \${X:1} \\
         ~~~~~~ operator ":1" is not known to the builder
      /\${Y^}
      ~~~~~~ operator "^" is not known to the builder
    ONBUILD USER \${X@Q}
                 ~~~~~~ operator "@" is not known to the builder
    `,
  ],
});
