import rule from "../../../src/rules/dockerfile/whole-filesystem-copied.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS b
    FROM scratch
    COPY --from=b / /
    `,
    `
    FROM scratch AS out
    COPY --from=c /bin/x /
    FROM tonistiigi/xx:1.6.1 AS xx
    FROM a:1
    COPY --from=out / /
    COPY --from=xx / /
    `,
    `
    FROM a:1
    COPY / /
    `,
    `
    FROM a:1
    COPY --from=x /usr /
    `,
    `
    FROM a:1
    COPY --from=x / /rootfs
    `,
    `
    FROM a:1
    COPY --from=x $S /
    `,
    `
    FROM a:1 AS b
    FROM scratch AS c
    COPY --from=b /out /
    `,
  ],
  found: [
    `
    FROM a:1
    COPY --from=x / /
                  ~ all of "x" is copied over the own root
    `,
    `
    FROM a:1 AS build
    FROM b:1
    ARG ROOT=/
    copy --from=build --chown=1 \\
      # é
      $ROOT /
      ~~~~~ all of "build" is copied over the own root
    FROM scratch
    `,
    `
    FROM a:1
    COPY --from=b:1 ["/", "/"]
                     ~~~ all of "b:1" is copied over the own root
    `,
  ],
  withOptions: [
    {
      options: { allowSquash: false },
      clean: [],
      found: [
        `
    FROM a:1 AS b
    FROM scratch
    COPY --from=b / /
                  ~ all of "b" is copied over the own root
    `,
      ],
    },
  ],
});
