import rule from "../../../src/rules/dockerfile/shell-run-in-scratch.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM scratch
    COPY x /
    RUN x
    `,
    `
    FROM scratch
    ADD rootfs.tar /
    FROM a:1
    RUN x
    `,
    `
    FROM scratch
    RUN ["/x"]
    RUN --mount=from=b,target=/bin x
    `,
    `
    FROM scratch AS a
    ADD rootfs.tar /
    FROM a
    RUN x
    `,
  ],
  found: [
    `
    FROM scratch
    RUN x
    ~~~ nothing brings a shell into the stage from "scratch" before this
    COPY x /
    RUN y
    `,
    `
    FROM scratch AS a
    FROM a
    # é
    run <<EOF
    ~~~ nothing brings a shell into the stage from "scratch" before this
    x
    EOF
    `,
  ],
});
