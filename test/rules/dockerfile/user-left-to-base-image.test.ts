import rule from "../../../src/rules/dockerfile/user-left-to-base-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM cgr.dev/chainguard/node:24
    USER 65532
    `,
    // Of these missing-user speaks.
    `
    FROM debian:12
    `,
    `
    FROM scratch
    CMD ["/a"]
    `,
    `
    FROM $BASE AS b
    USER 1
    FROM b
    `,
  ],
  found: [
    `
    ARG BASE
    FROM $BASE
         ~~~~~ the user is left to base image "$BASE"
    `,
    `
    FROM a:1 AS b
    USER 1
    FROM gcr.io/distroless/static:nonroot
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ the user is left to base image "gcr.io/distroless/static:nonroot"
    COPY --from=b /é /
    `,
    `
    FROM scratch
         ~~~~~~~ image from "scratch" has no "USER" for whoever starts something in it
    COPY a /
    `,
  ],
});
