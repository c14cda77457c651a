import rule from "../../../src/rules/dockerfile/copy-source-outside-context.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY a/../b ./c . / /x/
    COPY --from=b ../x /home/x /y/
    COPY $X/../.. /y/
    COPY ..a /y
    `,
    `
    FROM a:1
    ADD https://x/../y /z
    COPY <<~ /x
    ~
    `,
  ],
  found: [
    `
    FROM a:1
    COPY ../config /x
         ~~~~~~~~~ "../config" leads out of the build context
    COPY a/../../b /x
         ~~~~~~~~~ "a/../../b" leads out of the build context
    # é
    add ~/.ssh/id \\
        ~~~~~~~~~ "~/.ssh/id" looks like a path of the machine that builds
      /home/me/x /y/
      ~~~~~~~~~~ "/home/me/x" looks like a path of the machine that builds
    COPY ["C:\\\\x", "/y"]
          ~~~~~~~ "C:x" looks like a path of the machine that builds
    ONBUILD COPY /src/app /app
                 ~~~~~~~~ "/src/app" counts from the root of the build context
    `,
  ],
  withContext: [{ context: { "src/a": "" }, clean: ["FROM a:1\nCOPY /src/a /a\n"] }],
});
