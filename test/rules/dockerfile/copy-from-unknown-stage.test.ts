import rule from "../../../src/rules/dockerfile/copy-from-unknown-stage.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS build
    FROM b:1
    COPY --from=BUILD /a /a
    COPY --from=0 /a /a
    COPY --from=nginx:1.29 /a /a
    COPY --from=registry/app /a /a
    COPY --from=$X /a /a
    RUN --mount=type=bind,from=build,target=/x true
    `,
    `
    FROM a:1
    ONBUILD COPY --from=build /a /a
    `,
    `
    FROM a:1 AS a
    COPY --from=a /x /x
    `,
    `
    FROM a:1
    COPY --from={{stage}} /a /a
    `,
    `
    FROM {{base}} AS {{name}}
    FROM a:1
    COPY --from=build /a /a
    `,
  ],
  found: [
    `
    FROM a:1 AS build
    FROM b:1
    COPY --from=biuld /a /a
                ~~~~~ "biuld" is no stage of this file; "build" is
    COPY --from=nginx /a /a
                ~~~~~ "nginx" is no stage of this file
    COPY --from=2 /a /a
                ~ there is no stage 2
    `,
    `
    FROM a:1
    copy --from=later \\
                ~~~~~ stage "later" stands below: older builders do not know it here
      /a /a
    # é
    RUN --mount=from=other,target=/x true
                     ~~~~~ "other" is no stage of this file
    FROM b:1 AS later
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1 AS build
    FROM b:1
    COPY --from=biuld /a /a
    `,
      after: `
    FROM a:1 AS build
    FROM b:1
    COPY --from=build /a /a
    `,
    },
  ],
  withOptions: [
    {
      options: { contexts: ["Assets"] },
      clean: ["FROM a:1\nCOPY --from=assets /a /a\n"],
      found: [
        'FROM a:1\nCOPY --from=asset /a /a\n            ~~~~~ "asset" is no stage of this file\n',
      ],
    },
  ],
});
