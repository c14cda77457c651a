import rule from "../../../src/rules/dockerfile/label-set-by-buildx.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    LABEL org.opencontainers.image.revision=0123abc
    `,
  ],
  found: [],
  withOptions: [
    {
      options: { gitLabels: true },
      clean: [
        `
    FROM debian:12
    ARG REVISION
    LABEL org.opencontainers.image.revision=$REVISION org.opencontainers.image.title=x
    `,
        `
    FROM debian:12
    ENV org.opencontainers.image.revision=0123abc
    `,
      ],
      found: [
        `
    FROM debian:12
    LABEL org.opencontainers.image.revision=0123abc org.opencontainers.image.title=x
          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ label "org.opencontainers.image.revision" is set by buildx
    `,
        `
    FROM debian:12
    label "org.opencontainers.image.source"="https://example.com/é" \\
          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ label "org.opencontainers.image.source" is set by buildx
      # é
      com.docker.image.source.entrypoint=Dockerfile
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ label "com.docker.image.source.entrypoint" is set by buildx
    `,
      ],
    },
  ],
});
