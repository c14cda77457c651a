import rule from "../../../src/rules/dockerfile/untrusted-registry.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    # Nothing is allowed or forbidden yet.
    FROM registry.invalid/app:1
    `,
  ],
  found: [],
  withOptions: [
    {
      options: {
        allowed: ["docker.io", "*.example.com", "10.0*", "ghcr.io/team"],
        buildContexts: ["assets"],
      },
      clean: [
        `
    FROM debian:12
    `,
        `
    FROM docker.io/library/debian:12
    `,
        `
    FROM index.docker.io/library/debian:12
    `,
        `
    FROM registry.example.com/app:1
    `,
        `
    FROM 10.0.0.1:5000/app
    `,
        `
    FROM ghcr.io/team/app:1
    `,
        `
    FROM scratch
    COPY --from=assets / /
    COPY --from=0 / /
    COPY --from=3 / /
    `,
        `
    FROM debian AS quay.io
    FROM quay.io
    COPY --from=quay.io /a /b
    `,
        `
    ARG REGISTRY
    FROM $REGISTRY/app
    `,
        `
    FROM \${REGISTRY:-$OTHER}/app
    COPY --from=$IMAGE /a /b
    `,
        `
    FROM {{ image }}
    `,
        `
    FROM debian:12
    RUN --mount=type=secret,id=a --mount=type=cache,target=/c --mount=type=bind,from=busybox,target=/b true
    `,
      ],
      found: [
        `
    FROM quay.io/app:1
         ~~~~~~~~~~~~~ image "quay.io/app" comes from "quay.io"
    from --platform=linux/amd64 localhost/app
                                ~~~~~~~~~~~~~ image "localhost/app" comes from "localhost"
    `,
        `
    FROM ghcr.io/teammate/app:1
         ~~~~~~~~~~~~~~~~~~~~~~ image "ghcr.io/teammate/app" comes from "ghcr.io"
    `,
        `
    FROM ghcr.io/other/app:1
         ~~~~~~~~~~~~~~~~~~~ image "ghcr.io/other/app" comes from "ghcr.io"
    `,
        `
    ARG REGISTRY=quay.io
    FROM $REGISTRY/app
         ~~~~~~~~~~~~~ image "quay.io/app" comes from "quay.io"
    `,
        `
    FROM evil.invalid/app:\${TAG}
         ~~~~~~~~~~~~~~~~~~~~~~~ image "evil.invalid/app" comes from "evil.invalid"
    `,
        `
    FROM debian:12
    COPY --from=quay.io/a:1 /a /b
                ~~~~~~~~~~~ image "quay.io/a" comes from "quay.io"
    RUN --mount=type=bind,from=quay.io/b,target=/b \\
                               ~~~~~~~~~ image "quay.io/b" comes from "quay.io"
        # a comment
        --mount=type=cache,from=quay.io/c:2,target=/c true
                                ~~~~~~~~~~~ image "quay.io/c" comes from "quay.io"
    ONBUILD COPY --from=quay.io/d /a /b
                        ~~~~~~~~~ image "quay.io/d" comes from "quay.io"
    `,
        `
    # The stage comes later: this is not it.
    FROM quay.io/x
         ~~~~~~~~~ image "quay.io/x" comes from "quay.io"
    FROM debian AS quay.io/x
    `,
      ],
    },
    {
      options: { allowed: ["hub.docker.com"] },
      clean: [
        `
    FROM debian
    `,
      ],
      found: [
        `
    FROM quay.io/a
         ~~~~~~~~~ image "quay.io/a" comes from "quay.io"
    `,
      ],
    },
    {
      options: { allowed: ["*"] },
      clean: [
        `
    FROM quay.io/a
    `,
      ],
    },
  ],
});
