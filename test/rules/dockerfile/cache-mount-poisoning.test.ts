import rule from "../../../src/rules/dockerfile/cache-mount-poisoning.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache x
    RUN --mount=type=cache,id=c,target=/root/.cache x
    RUN --mount=type=cache,id=c,target=/root/.cache x
    RUN --mount=type=bind,target=/usr/local/bin x
    `,
    `
    FROM a:1 AS build
    RUN --mount=type=cache,target=/usr/local/bin x
    FROM b:1
    COPY --from=build /x /y
    `,
    `
    FROM a:1
    RUN --mount=type=cache,id=c1,target=/c x
    FROM b:1
    RUN --mount=type=cache,id=c2,target=/c x
    RUN --mount=type=cache,id=$C,target=/c x
    `,
    `
    FROM a:1 AS base
    RUN --mount=type=cache,id=c,target=/c x
    FROM base
    RUN --mount=type=cache,id=c,target=/c x
    FROM $OTHER
    RUN --mount=type=cache,id=c,target=/c x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=cache,target=/usr/local/bin x
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ cache on "/usr/local/bin", where programs are looked for
    run --mount=type=cache,target=/root/.cargo/bin/ x
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ cache on "/root/.cargo/bin", where programs are looked for
    WORKDIR /app
    ONBUILD RUN --mount=type=cache,target=node_modules/.bin x
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ cache on "/app/node_modules/.bin", where programs are looked for
    `,
    `
    # ü
    FROM a:1
    RUN --mount=type=cache,id=c,target=/c x
        --------------------------------- related: used here first
    FROM b:1
    RUN --mount=type=cache,id=c,target=/c \\
                              ~ cache "c" is shared with another base image or user
      # note
      x
    `,
    `
    FROM a:1
    RUN --mount=type=cache,id=c,target=/c <<EOF
        --------------------------------- related: used here first
    x
    EOF
    USER app
    RUN --mount=type=cache,id=c,target=/c ["x"]
                              ~ cache "c" is shared with another base image or user
    `,
  ],
});
