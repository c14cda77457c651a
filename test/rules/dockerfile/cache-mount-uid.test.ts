import rule from "../../../src/rules/dockerfile/cache-mount-uid.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=cache,target=/x y
    USER root
    RUN --mount=type=cache,target=/x y
    USER 0:0
    RUN --mount=type=cache,target=/x y
    USER $U
    RUN --mount=type=cache,target=/x y
    `,
    `
    FROM a:1
    USER 1000
    RUN --mount=type=cache,target=/x,uid=1000 y
    RUN --mount=type=cache,target=/x,mode=0777 y
    RUN --mount=type=cache,target=/tmp/x y
    RUN --mount=type=bind,target=/x y
    RUN y
    `,
  ],
  found: [
    `
    FROM a:1
    USER 1000:1001
    RUN --mount=type=cache,target=/x y
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ cache "/x" belongs to root, the step runs as "1000"
    run --mount=type=cache,target=$D y
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ cache "$D" belongs to root, the step runs as "1000"
    `,
    `
    # ü
    FROM a:1 AS base
    USER app
    FROM base
    WORKDIR /src
    ONBUILD RUN --mount=type=cache,target=.cache \\
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ cache "/src/.cache" belongs to root, the step runs as "app"
      # note
      y
    RUN --mount=type=cache,target=/x ["y"]
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ cache "/x" belongs to root, the step runs as "app"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      USER 1000
      RUN --mount=type=cache,target=/x --mount=type=cache,target=/z y
      USER 1:2
      RUN --mount=type=cache,target=/x <<EOF
      y
      EOF
      `,
      after: `
      FROM a:1
      USER 1000
      RUN --mount=type=cache,target=/x,uid=1000 --mount=type=cache,target=/z,uid=1000 y
      USER 1:2
      RUN --mount=type=cache,target=/x,uid=1,gid=2 <<EOF
      y
      EOF
      `,
    },
  ],
});
