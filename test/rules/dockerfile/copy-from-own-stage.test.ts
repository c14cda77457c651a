import rule from "../../../src/rules/dockerfile/copy-from-own-stage.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS build
    FROM b:1
    COPY --from=build /a /a
    `,
    `
    FROM a:1
    COPY --from=nginx /a /a
    `,
    `
    FROM a:1
    COPY a b
    `,
    `
    FROM a:1
    COPY --from=$X /a /a
    `,
    `
    FROM a:1 AS x
    COPY --from=1 /a /a
    FROM b:1
    `,
    `
    FROM a:1 AS x
    ONBUILD COPY --from=x /a /b
    `,
    `
    FROM nginx:1 AS web
    COPY --from=nginx /a /a
    `,
  ],
  found: [
    `
    FROM a:1 AS Build
    COPY --from=build /a /a
                ~~~~~ "build" is the stage that this instruction belongs to
    `,
    `
    FROM a:1
    COPY --from=0 /a /a
                ~ "0" is the stage that this instruction belongs to
    `,
    `
    FROM a:1 AS x
    FROM b:1 as y
    COPY --chown=1:1 --from=y /a /a
                            ~ "y" is the stage that this instruction belongs to
    `,
    `
    from a:1 as Dep
    RUN x
    copy \\
      # é
      --from=DEP /a /b
             ~~~ "DEP" is the stage that this instruction belongs to
    COPY --from="dep" /c /d
                ~~~~~ "dep" is the stage that this instruction belongs to
    `,
  ],
});
