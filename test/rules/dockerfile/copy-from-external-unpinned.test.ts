import rule from "../../../src/rules/dockerfile/copy-from-external-unpinned.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS build
    FROM a:1
    COPY --from=build /x /y
    COPY --from=0 /x /y
    COPY x /y
    `,
    `
    FROM a:1
    COPY --from=composer@sha256:00 /x /y
    COPY --from=assets /x /y
    COPY --from=$IMAGE /x /y
    `,
    `
    FROM a:1 AS busybox
    FROM a:1
    COPY --from=BusyBox /x /y
    RUN --mount=from=busybox,target=/b x
    RUN --mount=type=cache,target=/b x
    `,
  ],
  found: [
    `
    FROM a:1
    COPY --from=composer:2 /x /y
                ~~~~~~~~~~ image "composer:2" has no digest
    copy --from=busybox /x /y
                ~~~~~~~ image "busybox" has no digest
    `,
    `
    ARG V=0.9
    FROM a:1
    # ü
    COPY --chown=1:1 \\
      # note
      --from=ghcr.io/astral-sh/uv:latest /uv /bin/
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~ image "ghcr.io/astral-sh/uv:latest" has no digest
    RUN --mount=type=bind,from=registry.example:5000/tools,target=/t /t/x
                               ~~~~~~~~~~~~~~~~~~~~~~~~~~~ image "registry.example:5000/tools" has no digest
    ONBUILD COPY --from=team/tools /x /y
                        ~~~~~~~~~~ image "team/tools" has no digest
    `,
  ],
});
