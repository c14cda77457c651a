import rule from "../../../src/rules/dockerfile/consecutive-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN a
    `,
    `
    FROM a:1
    RUN a
    USER b
    RUN c
    `,
    `
    FROM a:1
    RUN a && b && c
    RUN d
    `,
    `
    FROM a:1
    RUN a
    RUN b; c; d
    RUN e $(f $(g))
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/c a
    RUN b
    `,
    `
    FROM a:1 AS b
    RUN a
    RUN b
    FROM c:1
    `,
    `
    FROM a:1
    ONBUILD RUN a
    ONBUILD RUN b
    `,
  ],
  found: [
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN powershell -Command a
    RUN b
    ~~~ this RUN could be one with the RUN above
    `,
    `
    FROM a:1
    RUN a
    RUN b
    ~~~ this RUN could be one with the RUN above
    run sudo d
    ~~~ this RUN could be one with the RUN above
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/c --network=none a
    # why

    RUN --network=none --mount=type=cache,target=/c é
    ~~~ this RUN could be one with the RUN above
    `,
    `
    FROM a:1 AS b
    RUN ["a"]
    RUN <<EOF
    ~~~ this RUN could be one with the RUN above
    c
    EOF
    FROM b
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN a
    RUN b \\
        c
    `,
      after: `
    FROM a:1
    RUN a \\
        && b \\
        c
    `,
    },
    {
      before: `
    FROM a:1
    RUN cd /a && b
    RUN c

    RUN d
    `,
      after: `
    FROM a:1
    RUN cd /a && b
    RUN c \\
        && d
    `,
    },
  ],
});
