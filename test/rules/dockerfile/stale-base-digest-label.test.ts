import rule from "../../../src/rules/dockerfile/stale-base-digest-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12@sha256:abc
    LABEL org.opencontainers.image.base.digest=sha256:abc
    `,
    `
    FROM debian:12@sha256:abc AS a
    FROM a
    LABEL org.opencontainers.image.base.digest="sha256:abc"
    `,
    `
    ARG BASE
    FROM $BASE
    LABEL org.opencontainers.image.base.digest=sha256:abc
    `,
    `
    FROM debian:12
    ARG DIGEST
    LABEL org.opencontainers.image.base.digest=$DIGEST
    `,
    `
    FROM debian@$DIGEST
    LABEL org.opencontainers.image.base.digest=sha256:abc
    `,
    `
    FROM debian:12
    LABEL org.opencontainers.image.base.name=debian:12 digest=sha256:abc
    ONBUILD LABEL org.opencontainers.image.base.digest=sha256:abc
    `,
  ],
  found: [
    `
    FROM debian:12
    LABEL org.opencontainers.image.base.digest=sha256:abc
                                               ~~~~~~~~~~ base image "debian:12" is not pinned to the digest of the label
    `,
    `
    FROM debian@sha256:abc
    label a=1 \\
      # é
      "org.opencontainers.image.base.digest"="sha256:def"
                                             ~~~~~~~~~~~~ base image has the digest "sha256:abc"
    `,
    `
    FROM debian@sha256:abc AS debian12
    FROM scratch
    LABEL org.opencontainers.image.base.digest sha256:abc
                                               ~~~~~~~~~~ base image "scratch" is not pinned to the digest of the label
    `,
  ],
});
