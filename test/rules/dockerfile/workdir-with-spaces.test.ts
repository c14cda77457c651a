import rule from "../../../src/rules/dockerfile/workdir-with-spaces.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    WORKDIR /a
    WORKDIR "/a b"
    WORKDIR '/a b'
    WORKDIR /a\\ b
    WORKDIR \${X:-a b}/c
    WORKDIR /a/"b c"
    `,
    `
    # escape=\`
    FROM a:1
    WORKDIR c:\\a\` b
    `,
  ],
  found: [
    `
    FROM a:1
    WORKDIR /a b
            ~~~~ "/a b" holds a blank that is not quoted
    # é
    workdir \\
      "/a" && x
      ~~~~~~~~~ "/a && x" holds a blank that is not quoted
    ONBUILD WORKDIR /x	y
                    ~~~~ "/x	y" holds a blank that is not quoted
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    WORKDIR /my app # x
    `,
      after: `
    FROM a:1
    WORKDIR "/my app # x"
    `,
    },
  ],
});
