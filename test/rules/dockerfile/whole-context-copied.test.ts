import rule from "../../../src/rules/dockerfile/whole-context-copied.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY src /app
    COPY ./src/. /app/
    COPY --from=b . /app
    `,
    `
    FROM a:1 AS build
    COPY . .
    FROM b:1
    COPY --from=build /app /app
    `,
    `
    FROM a:1
    COPY <<EOF /x
    .
    EOF
    `,
    `
    FROM a:1
    COPY $SRC /x
    `,
  ],
  found: [
    `
    FROM a:1
    COPY . .
         ~ "." takes the whole build context
    ADD ./ /app/
        ~~ "./" takes the whole build context
    # é
    copy --chown=1:1 \\
      * /app/
      ~ "*" takes the whole build context
    COPY / /app
         ~ "/" takes the whole build context
    COPY ["./*", "/app"]
          ~~~~~ "./*" takes the whole build context
    `,
    `
    FROM a:1 AS base
    ONBUILD COPY . /app
                 ~ "." takes the whole build context
    FROM base
    COPY --exclude=.git x/.. /
                        ~~~~ "x/.." takes the whole build context
    `,
  ],
  withOptions: [
    {
      options: { allStages: true },
      found: [
        `
    FROM a:1
    COPY . .
         ~ "." takes the whole build context
    FROM b:1
    `,
      ],
    },
  ],
});
