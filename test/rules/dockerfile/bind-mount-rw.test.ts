import rule from "../../../src/rules/dockerfile/bind-mount-rw.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=bind,target=/src x
    RUN --mount=type=bind,target=/src,rw=false x
    RUN --mount=type=bind,target=/src,ro x
    RUN --mount=type=bind,source=pkg,target=/src,rw x
    RUN --mount=type=bind,source=$S,target=/src,rw x
    RUN --mount=type=bind,target=/tmp/src,rw x
    RUN --mount=type=cache,target=/src,rw x
    `,
  ],
  found: [
    `
    FROM a:1 AS build
    RUN --mount=type=bind,target=/src,rw x
                                      ~~ writes to the build context are lost
    run --mount=rw,target=/src x
                ~~ writes to the build context are lost
    `,
    `
    # ü
    FROM a:1 AS build
    FROM b:1
    ONBUILD RUN --mount=from=build,source=/,readwrite,target=/b \\
                                            ~~~~~~~~~ writes to all of "build" are lost
      # note
      x
    RUN --mount=target=/src,source=.,ro=false <<EOF
                                     ~~~~~~~~ writes to the build context are lost
    x
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN --mount=type=bind,rw,target=/src x
      RUN --mount=rw,target=/src x
      `,
      after: `
      FROM a:1
      RUN --mount=type=bind,target=/src x
      RUN --mount=target=/src x
      `,
    },
  ],
});
