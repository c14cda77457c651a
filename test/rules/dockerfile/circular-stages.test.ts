import rule from "../../../src/rules/dockerfile/circular-stages.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS a
    FROM a AS b
    COPY --from=a /x /x
    `,
    `
    FROM a:1 AS a
    COPY --from=b /x /x
    FROM b:1 AS b
    `,
    `
    FROM a:1 AS a
    COPY --from=a /x /x
    `,
  ],
  found: [
    `
    FROM a:1 AS a
    COPY --from=c /x /x
                ~ stage "c" needs the stage that it is used in
    FROM a AS b
    FROM b AS c
              - related: begins here
    `,
    `
    FROM a:1 AS a
    RUN --mount=type=bind,from=B,target=/x true
                               ~ stage "B" needs the stage that it is used in
    # é
    from a:1 as b
                - related: begins here
    copy --from=0 \\
      /y /y
    `,
  ],
});
